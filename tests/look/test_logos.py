"""What is taken as a logo, and what is drawn from it."""

import io
import zlib

import pytest
from PIL import Image

from loyalty.look import brand, changing, logos
from loyalty.look.logos import LogoTooLarge, LogoTooSmall, LogoUnreadable
from loyalty.models import Logo
from tests.factories.shop import NOON, Shop

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def shop(db):
    return Shop()


def picture(kind="PNG", size=(200, 80), mode="RGBA", colour=(180, 30, 60, 255), **saved):
    out = io.BytesIO()
    Image.new(mode, size, colour[: len(mode)]).save(out, kind, **saved)
    return out.getvalue()


def bomb():
    """A PNG of a few kilobytes that says it is 30,000 × 30,000."""
    raw = picture(size=(64, 64), mode="L", colour=(0,))
    head = raw[12:16] + (30_000).to_bytes(4, "big") * 2 + raw[24:29]
    return raw[:12] + head + zlib.crc32(head).to_bytes(4, "big") + raw[33:]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_png_jpeg_and_webp_are_taken(shop, kind):
    mode = "RGB" if kind == "JPEG" else "RGBA"
    logo = changing.put_logo(upload=picture(kind, mode=mode), by="user:1", at=NOON)

    assert (logo.width, logo.height) == (200, 80)
    assert Image.open(io.BytesIO(bytes(logo.image))).format.lower() == logo.kind
    assert brand.current().logo_url == f"/brand/logo?v={logo.digest[:12]}"


@pytest.mark.parametrize(
    ("upload", "refusal"),
    [
        (SVG, LogoUnreadable),
        (b"", LogoUnreadable),
        (b"not a picture at all", LogoUnreadable),  # a text called logo.png
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, LogoUnreadable),
        (picture()[:90], LogoUnreadable),
        (picture("GIF", mode="P", colour=(1,)), LogoUnreadable),
        (picture(size=(1, 1)), LogoTooSmall),
        (picture() + b"\0" * (10 * 1024 * 1024), LogoTooLarge),
        (bomb(), LogoTooLarge),
    ],
    ids=["svg", "nothing", "text", "head only", "cut off", "gif", "1×1", "10 MB", "bomb"],
)
def test_what_is_no_logo_is_refused_and_the_old_one_stays(shop, upload, refusal):
    before = changing.put_logo(upload=picture(), by="user:1", at=NOON)

    with pytest.raises(refusal):
        changing.put_logo(upload=upload, by="user:1", at=NOON)

    assert Logo.objects.get().digest == before.digest


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_polyglot_is_drawn_anew_without_what_it_carried(shop, client, kind):
    payload = b"<script>alert(document.domain)</script>PK\x03\x04"
    mode = "RGB" if kind == "JPEG" else "RGBA"
    extra = {"exif": Image.Exif()} if kind == "JPEG" else {}
    if extra:
        extra["exif"][0x010E] = "<script>alert(2)</script>"
    changing.put_logo(upload=picture(kind, mode=mode, **extra) + payload, by="user:1", at=NOON)

    answer = client.get("/brand/logo")

    assert b"script" not in answer.content
    assert b"PK\x03\x04" not in answer.content
    assert answer["Content-Type"] in ("image/png", "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_large_picture_is_kept_as_large_as_a_page_shows_it(shop):
    logo = changing.put_logo(upload=picture(size=(3000, 1500)), by="user:1", at=NOON)

    assert (logo.width, logo.height) == (480, 240)


def test_without_a_logo_there_is_none_and_the_icon_is_a_card_in_the_colour(shop, client):
    assert client.get("/brand/logo").status_code == 404
    assert brand.current().logo_url is None
    answer = client.get("/brand/icon-192.png")
    icon = Image.open(io.BytesIO(answer.content))

    assert icon.size == (192, 192)
    assert icon.getpixel((5, 5)) == (4, 122, 87)
    assert icon.getpixel((50, 70)) == (255, 255, 255)


@pytest.mark.parametrize("size", logos.ICON_SIZES)
def test_icons_show_the_logo_on_a_plate_it_can_be_seen_on(shop, client, size):
    changing.put_logo(upload=picture(), by="user:1", at=NOON)
    dark = Image.open(io.BytesIO(client.get(f"/brand/icon-{size}.png").content))
    changing.put_logo(upload=picture(colour=(255, 255, 255, 255)), by="user:1", at=NOON)
    pale = Image.open(io.BytesIO(client.get(f"/brand/icon-{size}.png").content))

    assert dark.size == pale.size == (size, size)
    assert dark.getpixel((1, 1)) == (255, 255, 255)
    assert dark.getpixel((size // 2, size // 2)) == (180, 30, 60)
    assert pale.getpixel((1, 1)) == (4, 122, 87)


def test_other_sizes_are_not_drawn(shop, client):
    assert client.get("/brand/icon-20000.png").status_code == 404


def test_a_logo_and_its_end_are_in_the_history(shop):
    changing.put_logo(upload=picture(), by="user:1", at=NOON)
    changing.take_logo_away()

    events = Logo.pgh_event_models["insert"].objects.order_by("pgh_id")
    assert [event.pgh_label for event in events] == ["insert", "delete"]
    assert brand.current().logo_url is None
