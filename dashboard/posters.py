"""The poster of a store: what joining brings, and the QR that leads to the store's own page for it. A4 or A5."""

import io
from importlib import metadata
from typing import Any
from urllib.parse import quote

import segno
from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from fpdf import FPDF
from PIL import Image

from loyalty.look import brand, colours
from loyalty.look.brand import Brand
from loyalty.models import Logo, Store

SIZES = {"a4": ("A4", 1.0), "a5": ("A5", 0.7071)}
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 18.0  # millimetres of an A4 page
CODE = 110.0
BAND = 66.0  # how high the band at the top is
PLATE = (30.0, 8.0, 150.0, 30.0)  # where a logo stands in it: left, top, how wide at most, how high


def address_of(store: Store) -> str:
    """Where a phone goes that reads the store's code."""
    return f"{settings.PUBLIC_URL}/join/{quote(store.code)}"


def page(request: HttpRequest, site: AdminSite, store: Store | None) -> HttpResponse:
    """The four posters to choose from; with `?size=a4&language=vi` the file itself."""
    if store is None or store.practice:
        raise Http404
    size, language = request.GET.get("size"), request.GET.get("language", settings.LANGUAGE_CODE)
    if size is None:
        return _choices(request, site, store)
    if size not in SIZES or language not in dict(settings.LANGUAGES):
        raise Http404
    logo = bytes(Logo.objects.filter(pk=1).values_list("image", flat=True).first() or b"")
    with translation.override(language):
        content = draw(store, shop=brand.current(), size=size, logo=logo)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{store.code}-{size}-{language}.pdf"'
    return response


def _choices(request: HttpRequest, site: AdminSite, store: Store) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": _("Poster đăng ký thành viên"),
        "subtitle": store.name,
        "address": address_of(store),
        "posters": [
            {"paper": paper, "language": name, "link": f"?size={size}&language={code}"}
            for size, (paper, _scale) in SIZES.items()
            for code, name in settings.LANGUAGES
        ],
        "back": reverse("admin:loyalty_store_change", args=[store.pk]),
    }
    return TemplateResponse(request, "dashboard/posters.html", context)


def draw(store: Store, *, shop: Brand, size: str, logo: bytes = b"") -> bytes:
    """The poster in the language that is active; `logo`: a picture, where the shop has one."""
    paper, scale = SIZES[size]
    pdf = FPDF(format=paper)
    pdf.set_auto_page_break(False)
    pdf.set_title(f"{shop.name} – {store.name}")
    pdf.set_margins(0, 0, 0)
    pdf.c_margin = 0
    for style, file in (("", "Roboto-Regular.ttf"), ("B", "Roboto-Bold.ttf")):
        pdf.add_font("Roboto", style, _font(file))
    pdf.add_page()
    _Drawing(pdf, scale, shop).all(store, logo)
    return bytes(pdf.output())


def _font(name: str) -> str:
    return str(metadata.distribution("font-roboto").locate_file(f"font_roboto/files/{name}"))


class _Drawing:
    """Everything is measured on an A4 page; a smaller one is the same, smaller."""

    def __init__(self, pdf: FPDF, scale: float, shop: Brand) -> None:
        self._pdf, self._scale, self._shop = pdf, scale, shop
        self._look = shop.day  # paper is white, as the pages are by day

    def all(self, store: Store, logo: bytes) -> None:
        self._head(logo)
        self._text(_("Đăng ký thành viên"), y=82, size=38, bold=True)
        line = _("Tích %(unit)s mỗi lần mua, nhận quà chào mừng ngay hôm nay.") % {"unit": self._shop.unit}
        self._text(line, y=100, size=17)
        self._code(address_of(store), y=118)
        self._text(_("Mở máy ảnh hoặc Zalo, quét mã này"), y=236, size=19, bold=True)
        self._text(_("Chỉ cần số điện thoại, chưa đến một phút."), y=248, size=15)
        below = self._text(store.name, y=266, size=15, bold=True, lines=2)
        if store.address:
            self._text(store.address, y=below + 2, size=11, lines=2)

    def _head(self, logo: bytes) -> None:
        """A band of the shop's colour with its logo, on a white plate as at the doors, and its name."""
        pdf, s = self._pdf, self._scale
        pdf.set_fill_color(*colours.channels(self._look.fill))
        pdf.rect(0, 0, WIDTH * s, BAND * s, style="F")
        # a pale band would end nowhere on white paper
        if self._look.edge != self._look.fill:
            pdf.set_draw_color(*colours.channels(self._look.edge))
            pdf.set_line_width(1.2 * s)
            pdf.line(0, BAND * s, WIDTH * s, BAND * s)
        ink = colours.channels(self._look.content)
        if not logo:
            self._text(self._shop.name, y=BAND / 2, size=38, bold=True, ink=ink, lines=3, middle=True)
            return
        self._plate(logo)
        self._text(
            self._shop.name, y=(PLATE[1] + PLATE[3] + BAND) / 2, size=22, bold=True, ink=ink, lines=2, middle=True
        )

    def _plate(self, logo: bytes) -> None:
        pdf, s = self._pdf, self._scale
        x, y, width, height = (part * s for part in PLATE)
        with Image.open(io.BytesIO(logo)) as picture:
            share = min((width - 8 * s) / picture.width, (height - 6 * s) / picture.height)
            wide, high = picture.width * share, picture.height * share
            pdf.set_fill_color(255, 255, 255)
            plate = wide + 8 * s
            x += (width - plate) / 2
            pdf.rect(x, y, plate, height, style="F", round_corners=True, corner_radius=3 * s)
            pdf.image(picture, x=x + 4 * s, y=y + (height - high) / 2, w=wide, h=high)

    def _text(
        self,
        text: str,
        *,
        y: float,
        size: float,
        bold: bool = False,
        ink: tuple[int, int, int] = (30, 30, 30),
        lines: int = 1,
        middle: bool = False,
    ) -> float:
        """Centred, on as many lines as it may have, smaller only where they are not enough; answers where it ends.

        `middle`: y is that of the middle, not of the upper edge.
        """
        pdf, s = self._pdf, self._scale
        pdf.set_text_color(*ink)
        broken = self._broken(text, size=size, style="B" if bold else "", most=lines)
        high = pdf.font_size_pt * 0.36 * (1.2 if len(broken) > 1 else 1)
        top = y * s - (high * len(broken) / 2 if middle else 0)
        for line in broken:
            pdf.set_xy(MARGIN * s, top)
            pdf.cell(w=(WIDTH - 2 * MARGIN) * s, h=high, text=line, align="C")
            top += high
        return top / s

    def _broken(self, text: str, *, size: float, style: str, most: int) -> list[str]:
        """The lines of the text, of about one length; the font is set so that they fit."""
        pdf, s = self._pdf, self._scale
        room = (WIDTH - 2 * MARGIN) * s
        points = size * s
        while True:
            pdf.set_font("Roboto", style, points)
            words = [pdf.get_string_width(word) for word in text.split()]
            found = self._lines(text, room)
            if points < 6 * s or (len(found) <= most and max(words, default=0) <= room):
                break
            points *= 0.96
        narrow = room
        while narrow > room / 2 and len(self._lines(text, narrow)) == len(found):
            found = self._lines(text, narrow)
            narrow -= room / 25
        return found

    def _lines(self, text: str, room: float) -> list[str]:
        found: list[str] = []
        for word in text.split():
            if found and self._pdf.get_string_width(f"{found[-1]} {word}") <= room:
                found[-1] += f" {word}"
            else:
                found.append(word)
        return found

    def _code(self, address: str, *, y: float) -> None:
        """The QR as squares, sharp at any size, with its quiet zone."""
        pdf, s = self._pdf, self._scale
        # `make` alone would choose a Micro QR, which phones cannot read
        rows: list[Any] = list(segno.make_qr(address, error="m").matrix)
        module = CODE / (len(rows) + 8)
        left, top = (WIDTH - CODE) / 2, y
        pdf.set_draw_color(*colours.channels(self._look.edge))
        pdf.set_line_width(1.2 * s)
        pdf.rect(left * s, top * s, CODE * s, CODE * s, style="D", round_corners=True, corner_radius=4 * s)
        pdf.set_fill_color(0, 0, 0)
        for row, modules in enumerate(rows):
            begun: int | None = None
            for column, dark in enumerate([*modules, 0]):
                if dark and begun is None:
                    begun = column
                elif not dark and begun is not None:
                    x, width = left + (4 + begun) * module, (column - begun) * module
                    pdf.rect(x * s, (top + (4 + row) * module) * s, width * s, module * 1.01 * s, style="F")
                    begun = None
