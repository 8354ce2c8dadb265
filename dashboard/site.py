"""The admin site: its door, and pages that belong to no single table."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from unfold.sites import UnfoldAdminSite

from dashboard import access, brand_page, cashier_page, history, overview, retention_page, settings_page, signing_in
from dashboard.first_day import page as first_day
from dashboard.importing import pages as importing
from dashboard.rules import page as rule_page
from events import clock


class ShopAdminSite(UnfoldAdminSite):
    """Staff only, with a second factor; whoever has none is led to set one up first."""

    enable_nav_sidebar = True

    def get_urls(self) -> list[URLPattern]:
        """Passwords are changed at allauth's door; what no page of ours uses has no address."""
        unused = {"password_change", "password_change_done", "autocomplete", "view_on_site"}
        return [url for url in super().get_urls() if getattr(url, "name", None) not in unused]

    def extra_urls(self) -> list[URLPattern]:
        def own(address: str, page: Callable[..., Any], name: str) -> URLPattern:
            def view(request: HttpRequest, **given: Any) -> Any:
                return page(request, self, **given)

            return path(address, self.admin_view(view), name=name)

        return [
            own("brand/", brand_page.page, "brand"),
            path("brand/preview/", self.admin_view(brand_page.preview), name="brand-preview"),
            own("cashiers/add/", cashier_page.page, "cashier-add"),
            own("history/", history.page, "history"),
            own("first-day/", first_day.overview, "beginning"),
            own("first-day/<str:key>/", first_day.step, "beginning_step"),
            own("first-day/<str:key>/payback/", first_day.ask_payback, "beginning_payback"),
            own("imports/", importing.upload, "imports"),
            own("imports/<str:token>/", importing.one, "import_result"),
            own("imports/<str:token>/columns/", importing.columns, "import_columns"),
            own("imports/<str:token>/errors/", importing.errors, "import_errors"),
            own("retention/", retention_page.page, "retention"),
            own("rules/write/", rule_page.page, "rule-write"),
            path("rules/row/", self.admin_view(rule_page.row), name="rule-row"),
            path("rules/reach/", self.admin_view(rule_page.touched), name="rule-reach"),
            own("settings/", settings_page.page, "settings"),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Tổng quan in place of Django's list of tables."""
        request.current_app = self.name
        context = {**self.each_context(request), **overview.context(request, at=clock.now()), **(extra_context or {})}
        return TemplateResponse(request, "dashboard/overview.html", context)

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The shop is not made of Django's apps."""
        return HttpResponseRedirect(reverse("admin:index"))

    @method_decorator(secure_admin_login)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_permission(request):
            raise PermissionDenied  # signed in, but no role with a page here: asking for a password again would mislead
        return super().login(request, extra_context)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Out by allauth's door, which also ends a half-finished sign-in."""
        return HttpResponseRedirect(reverse("account_logout"), status=307)

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and access.signs_in_here(access.roles_of(request.user))

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if self.has_permission(request) and not signing_in.has_second_factor(request.user):  # type: ignore[arg-type]
                return HttpResponseRedirect(reverse("mfa_activate_totp"))
            return inner(request, *args, **kwargs)

        return guarded
