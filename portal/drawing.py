"""Codes to be scanned, as SVG that stands in the page: no style attributes, which the policy would refuse."""

from dataclasses import dataclass
from io import BytesIO

import segno
from barcode.codex import Code128
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# what a scanner wants around a bar code, in the width of its thinnest bar
QUIET = 10
HEIGHT = 40


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar code as the page draws it: `path` of its bars in a frame of `width` by `height`."""

    path: str
    width: int
    height: int


def qr(text: str, *, label: str) -> SafeString:
    """Dark on white also at night: many scanners read no other."""
    out = BytesIO()
    made = segno.make_qr(text, error="m")
    made.save(out, kind="svg", xmldecl=False, svgns=False, omitsize=True, svgclass=None, lineclass=None, border=2)
    # segno made every sign of it: digits and the commands of a path
    drawing = mark_safe(out.getvalue().decode().strip())  # noqa: S308
    return format_html('<div class="qr" role="img" aria-label="{}">{}</div>', label, drawing)


def bars(text: str) -> Bars:
    """A Code 128 of a card's number."""
    modules = Code128(text).build()[0]
    path, position = [], QUIET
    for run in _runs(modules):
        if run[0] == "1":
            path.append(f"M{position} 0h{len(run)}v{HEIGHT}h-{len(run)}z")
        position += len(run)
    return Bars(path="".join(path), width=position + QUIET, height=HEIGHT)


def _runs(modules: str) -> list[str]:
    runs: list[str] = []
    for module in modules:
        if runs and runs[-1][0] == module:
            runs[-1] += module
        else:
            runs.append(module)
    return runs
