"""Logos: what is taken from staff, and the icons drawn for phones and tabs."""

import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from events.refusals import Refusal
from loyalty.look import colours
from loyalty.look.brand import Brand
from loyalty.models import Logo

LARGEST_FILE = 256 * 1024
LEAST_SIDE = 32
LARGEST_SIDE = 4000
# twice what the widest door shows
_KEPT = (720, 240)
# SVG is not among them: it can carry scripts
_TAKEN = ("PNG", "JPEG", "WEBP")
ICON_SIZES = (32, 180, 192, 512)


class LogoTooLarge(Refusal):
    """More than 256 KB, or more than 4,000 dots on a side."""

    code = "logo_too_large"


class LogoTooSmall(Refusal):
    """Fewer than 32 dots on its longer side: nobody would recognise it."""

    code = "logo_too_small"


class LogoUnreadable(Refusal):
    """Not a PNG, JPEG or WebP picture, whatever the file is called."""

    code = "logo_unreadable"


@dataclass(frozen=True, slots=True)
class Drawn:
    image: bytes
    kind: str
    width: int
    height: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.image).hexdigest()


def drawn(upload: bytes) -> Drawn:
    """The picture in the uploaded bytes, drawn anew without anything else they hold.

    Raises LogoTooLarge, LogoTooSmall, LogoUnreadable.
    """
    if len(upload) > LARGEST_FILE:
        raise LogoTooLarge()
    picture = _read(upload)
    picture.thumbnail(_KEPT)
    out = io.BytesIO()
    if picture.mode == "RGB":
        picture.save(out, "JPEG", quality=90, optimize=True)
        kind = "jpeg"
    else:
        picture.save(out, "PNG", optimize=True)
        kind = "png"
    return Drawn(out.getvalue(), kind, picture.width, picture.height)


def _read(upload: bytes) -> Image.Image:
    try:
        opened = Image.open(io.BytesIO(upload), formats=_TAKEN)
        # the size stands in the head: a small file that unfolds to gigabytes is refused before it does
        if max(opened.size) > LARGEST_SIDE:
            raise LogoTooLarge()
        if max(opened.size) < LEAST_SIDE:
            raise LogoTooSmall()
        upright = ImageOps.exif_transpose(opened)
        see_through = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
        return upright.convert("RGBA" if see_through or opened.format == "PNG" else "RGB")
    except Image.DecompressionBombError as bomb:
        raise LogoTooLarge() from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as wrong:
        raise LogoUnreadable() from wrong


def icon(brand: Brand, size: int) -> bytes:
    """A square PNG: the logo on a plate, else a member's card in the shop's colour. All within the middle 80 % that
    every phone's mask leaves."""
    return _icon(brand.logo_digest, brand.colour, size)


@lru_cache(maxsize=32)
def _icon(logo_digest: str, colour: str, size: int) -> bytes:
    logo = Logo.objects.filter(pk=1, digest=logo_digest).first() if logo_digest else None
    square = _with_logo(bytes(logo.image), colour, size) if logo else _with_card(colour, size)
    out = io.BytesIO()
    square.save(out, "PNG", optimize=True)
    return out.getvalue()


def _with_logo(image: bytes, colour: str, size: int) -> Image.Image:
    picture = Image.open(io.BytesIO(image)).convert("RGBA")
    room = round(size * 0.76)
    factor = min(room / picture.width, room / picture.height)
    picture = picture.resize((max(1, round(picture.width * factor)), max(1, round(picture.height * factor))))
    square = Image.new("RGBA", (size, size), colour if _is_pale(picture) else colours.WHITE)
    square.alpha_composite(picture, ((size - picture.width) // 2, (size - picture.height) // 2))
    return square.convert("RGB")


def _is_pale(picture: Image.Image) -> bool:
    """Whether what can be seen of it would be lost on white."""
    dots = picture.resize((32, 32)).tobytes()
    seen = [dots[at : at + 3] for at in range(0, len(dots), 4) if dots[at + 3] > 128]
    return bool(seen) and sum(map(min, seen)) / len(seen) > 225


def _with_card(colour: str, size: int) -> Image.Image:
    """Drawn four times as large and made smaller, so that corners are smooth."""
    large = size * 4
    palette = colours.day(colour)
    square = Image.new("RGB", (large, large), palette.fill)
    pen = ImageDraw.Draw(square)

    def box(left: float, top: float, right: float, bottom: float) -> tuple[int, int, int, int]:
        return round(left * large), round(top * large), round(right * large), round(bottom * large)

    pen.rounded_rectangle(box(0.20, 0.31, 0.80, 0.69), radius=round(0.06 * large), fill=palette.content)
    pen.rectangle(box(0.20, 0.42, 0.80, 0.50), fill=palette.fill)
    pen.rectangle(box(0.27, 0.57, 0.43, 0.62), fill=palette.fill)
    return square.resize((size, size), Image.Resampling.LANCZOS)
