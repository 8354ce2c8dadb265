"""What the shop is called and looks like, read once per process and kept until the programme changes."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext

from loyalty import policies
from loyalty.look import colours
from loyalty.look.colours import Palette
from loyalty.models import Logo, Programme
from loyalty.models.policies import BRAND_COLOUR

# counts up when sheets or icons are made in another way: browsers keep them for ever
DRAWING = 1


@dataclass(frozen=True, kw_only=True)
class Brand:
    """The shop as people meet it at every door."""

    shop_name: str  # empty before the first day
    colour: str  # #rrggbb
    unit_vi: str  # the name of a point
    unit_en: str
    currency: str  # ISO 4217
    sign: str  # what stands for it; empty: the usual one
    version: int  # of the programme this was read from
    logo_digest: str = ""  # empty: no logo
    logo_kind: str = ""
    hotline: str = ""  # as people read it; empty: none

    @property
    def name(self) -> str:
        return self.shop_name or gettext("Chương trình thành viên")

    @property
    def hotline_dialled(self) -> str:
        return "".join(sign for sign in self.hotline if sign not in " .")

    @property
    def unit(self) -> str:
        """The name of a point in the language of the page: điểm, xu, hạt, sao …"""
        return self.unit_in(translation.get_language() or "vi")

    def unit_in(self, language: str, *, count: int | None = None) -> str:
        """In English the name is a plural: exactly one of them loses its s."""
        if language != "en":
            return self.unit_vi
        one = count is not None and abs(count) == 1 and len(self.unit_en) > 1 and self.unit_en.endswith("s")
        return self.unit_en[:-1] if one else self.unit_en

    @property
    def day(self) -> Palette:
        return colours.day(self.colour)

    @property
    def night(self) -> Palette:
        return colours.night(self.colour)

    @property
    def logo_url(self) -> str | None:
        return f"/brand/logo?v={self.logo_digest[:12]}" if self.logo_digest else None

    @property
    def stylesheet_url(self) -> str:
        return f"/brand.css?v={self.digest}"

    @property
    def dashboard_stylesheet_url(self) -> str:
        return f"/brand/dashboard.css?v={self.digest}"

    def icon_url(self, size: int) -> str:
        """A square PNG of one of `logos.ICON_SIZES`."""
        return f"/brand/icon-{size}.png?v={self.digest}"

    @property
    def favicon_url(self) -> str:
        return self.icon_url(32)

    @property
    def touch_icon_url(self) -> str:
        return self.icon_url(180)

    @property
    def digest(self) -> str:
        """Part of the addresses of what is made of the brand: another look has other addresses."""
        return hashlib.sha256(f"{DRAWING}|{self.colour}|{self.logo_digest}".encode()).hexdigest()[:12]


_lock = threading.Lock()
_known: Brand | None = None
# the version this request was told, if it asked already
_told: ContextVar[list[int] | None] = ContextVar("_told", default=None)


@contextmanager
def asked_once() -> Iterator[None]:
    """Within, the database is asked at most once which brand is in force: a page writes many amounts."""
    token = _told.set([])
    try:
        yield
    finally:
        _told.reset(token)


def current(*, version: int | None = None) -> Brand:
    """The brand in force. `version`: the programme's, where it was just read; None asks the database for it."""
    global _known
    if version is None:
        version = _version()
    known = _known
    if known is None or known.version != version:
        with _lock:
            known = _known = _read()
    return known


def last_known() -> Brand:
    """The brand of the policies this process last read: a sale's answer asks for nothing again."""
    version = policies.last_version()
    return current(version=version) if version is not None else current()


def forget() -> None:
    """Read it anew: it was changed, or another database stands behind the connection (tests)."""
    global _known
    _known = None
    if told := _told.get():
        told.clear()


def _version() -> int:
    told = _told.get()
    if told:
        return told[0]
    version = Programme.objects.values_list("policies_version", flat=True).filter(pk=1).first() or 0
    if told is not None:
        told.append(version)
    return version


def _read() -> Brand:
    programme = Programme.objects.filter(pk=1).first()
    if programme is None:
        return Brand(
            shop_name="", colour=BRAND_COLOUR, unit_vi="điểm", unit_en="points", currency="VND", sign="", version=0
        )
    logo = Logo.objects.filter(pk=1).only("digest", "kind").first()
    return Brand(
        shop_name=programme.name,
        colour=programme.colour,
        unit_vi=programme.point_name_vi,
        unit_en=programme.point_name_en,
        currency=programme.currency,
        sign=programme.currency_sign,
        version=programme.policies_version,
        logo_digest=logo.digest if logo else "",
        logo_kind=logo.kind if logo else "",
        hotline=programme.hotline,
    )
