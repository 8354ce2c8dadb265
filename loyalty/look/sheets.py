"""The shop's colours as style sheets: for counter and portal, and for unfold's dashboard."""

from loyalty.look import colours
from loyalty.look.brand import Brand


def doors(brand: Brand) -> str:
    """`--shop…` by day and `--shop-dark…` by night, each also as channels: assets/parts/theme.css reads them."""
    said = {**_named("shop", brand.day.named()), **_named("shop-dark", brand.night.named())}
    lines = []
    for name, colour in said.items():
        lines += [f"--{name}:{colour}", f"--{name}-rgb:{' '.join(map(str, colours.channels(colour)))}"]
    return f":root{{{';'.join(lines)}}}\n"


def dashboard(brand: Brand) -> str:
    """unfold's own names for the colour of the house."""
    lines = [f"--color-primary-{step}:{colour}" for step, colour in colours.shades(brand.colour).items()]
    return f"html:root{{{';'.join(lines)}}}\n"


def _named(prefix: str, palette: dict[str, str]) -> dict[str, str]:
    return {prefix if name == "fill" else f"{prefix}-{name}": colour for name, colour in palette.items()}
