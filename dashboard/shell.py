"""The frame around every page of the dashboard: the shop's name, badge, links. Named in settings.UNFOLD."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.look import brand

DEFAULT_NAME = gettext_lazy("Chương trình thành viên")


def shop_name(request: HttpRequest | None = None) -> str:
    return brand.current().name


def subtitle(request: HttpRequest | None = None) -> str:
    return str(DEFAULT_NAME)


def badge(request: HttpRequest | None = None) -> list[str] | None:
    """Says that nothing here is real; absent in production."""
    return ["DEMO", "info"] if settings.MODE == "demo" else None


def favicon(request: HttpRequest | None = None) -> str:
    return brand.current().favicon_url


def icon(request: HttpRequest | None = None) -> str:
    """The shop's logo in a square, or a card in its colour."""
    return brand.current().icon_url(192)


def stylesheet(request: HttpRequest | None = None) -> str:
    return static("dashboard/dashboard.css")


def colours(request: HttpRequest | None = None) -> str:
    """unfold's colours in those of the shop."""
    return brand.current().dashboard_stylesheet_url


def language_url(request: HttpRequest | None = None) -> str:
    return reverse("choose_language")


def account_links(request: HttpRequest | None = None) -> list[dict[str, str]]:
    return [
        {"title": _("Đổi mật khẩu"), "link": reverse("account_change_password")},
        {"title": _("Xác thực hai bước"), "link": reverse("mfa_index")},
    ]


def sign_in_pages(request: HttpRequest) -> dict[str, Any]:
    """The admin's frame for allauth's pages, which know nothing of it (a context processor)."""
    match = request.resolver_match
    if match is None or not (match.view_name or "").startswith(("account_", "mfa_")):
        return {}
    return {**admin.site.each_context(request), "is_nav_sidebar_enabled": False}
