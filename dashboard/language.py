"""The language of a page: what the person chose, else Vietnamese; not what the browser was shipped with."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

KNOWN = tuple(code for code, _name in settings.LANGUAGES)


class LanguageMiddleware(LocaleMiddleware):
    """Tills say their language in Accept-Language; people's pages follow the cookie that `choose` and sign-in set."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith("/api/"):
            super().process_request(request)
            return
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        translation.activate(chosen if chosen in KNOWN else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language for this browser, and for the person where somebody is signed in."""
    language = request.POST.get("language", "")
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    response = redirect(target)
    if language in KNOWN:
        remember(response, language=language)
        if request.user.is_authenticated:
            user = request.user
            user.locale = language
            user.save(update_fields=["locale"])
    return response


def remember(response: HttpResponse, *, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
