"""The poster of a store: what joining brings, and the QR that leads to the store's own page for it. A4 or A5."""

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

from loyalty.look import brand
from loyalty.look.brand import Brand
from loyalty.models import Store

SIZES = {"a4": ("A4", 1.0), "a5": ("A5", 0.7071)}
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 18.0  # millimetres of an A4 page
CODE = 110.0


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
    with translation.override(language):
        content = draw(store, shop=brand.current(), size=size)
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


def draw(store: Store, *, shop: Brand, size: str) -> bytes:
    """The poster in the language that is active."""
    paper, scale = SIZES[size]
    pdf = FPDF(format=paper)
    pdf.set_auto_page_break(False)
    pdf.set_title(f"{shop.name} – {store.name}")
    pdf.set_margins(0, 0, 0)
    for style, file in (("", "Roboto-Regular.ttf"), ("B", "Roboto-Bold.ttf")):
        pdf.add_font("Roboto", style, _font(file))
    pdf.add_page()
    _Drawing(pdf, scale, shop).all(store)
    return bytes(pdf.output())


def _font(name: str) -> str:
    return str(metadata.distribution("font-roboto").locate_file(f"font_roboto/files/{name}"))


class _Drawing:
    """Everything is measured on an A4 page; a smaller one is the same, smaller."""

    def __init__(self, pdf: FPDF, scale: float, shop: Brand) -> None:
        self._pdf, self._scale, self._shop = pdf, scale, shop
        colour = shop.colour
        self._colour = tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))

    def all(self, store: Store) -> None:
        self._head()
        self._text(_("Đăng ký thành viên"), y=82, size=38, bold=True)
        line = _("Tích %(unit)s mỗi lần mua, nhận quà chào mừng ngay hôm nay.") % {"unit": self._shop.unit}
        self._text(line, y=100, size=17)
        self._code(address_of(store), y=118)
        self._text(_("Mở máy ảnh hoặc Zalo, quét mã này"), y=236, size=19, bold=True)
        self._text(_("Chỉ cần số điện thoại, chưa đến một phút."), y=248, size=15)
        self._text(store.name, y=272, size=15, bold=True)
        if store.address:
            self._text(store.address, y=280, size=11)

    def _head(self) -> None:
        """A band of the shop's colour with its name."""
        pdf, s = self._pdf, self._scale
        pdf.set_fill_color(*self._colour)
        pdf.rect(0, 0, WIDTH * s, 66 * s, style="F")
        bright = sum(weight * part for weight, part in zip((0.299, 0.587, 0.114), self._colour, strict=True)) > 160
        ink = (20, 20, 20) if bright else (255, 255, 255)
        self._text(self._shop.name, y=27, size=38, bold=True, ink=ink)

    def _text(
        self, text: str, *, y: float, size: float, bold: bool = False, ink: tuple[int, ...] = (30, 30, 30)
    ) -> None:
        """One line in the middle, made smaller until it fits."""
        pdf, s = self._pdf, self._scale
        pdf.set_text_color(*ink)
        points, room = size * s, (WIDTH - 2 * MARGIN) * s
        pdf.set_font("Roboto", "B" if bold else "", points)
        width = pdf.get_string_width(text)
        if width > room:
            pdf.set_font_size(points * room / width)
        pdf.set_xy(MARGIN * s, y * s)
        pdf.cell(w=room, h=points * 0.36, text=text, align="C")

    def _code(self, address: str, *, y: float) -> None:
        """The QR as squares, sharp at any size, with its quiet zone."""
        pdf, s = self._pdf, self._scale
        # `make` alone would choose a Micro QR, which phones cannot read
        rows: list[Any] = list(segno.make_qr(address, error="m").matrix)
        module = CODE / (len(rows) + 8)
        left, top = (WIDTH - CODE) / 2, y
        pdf.set_draw_color(*self._colour)
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
