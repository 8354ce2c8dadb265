"""What makes the portal an app: the manifest, its icons, the worker, and the card without a network."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events import clock
from loyalty.look import brand
from portal import access, card, drawing, icons

SIZES = (180, 192, 512)


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The shop's name and colour; the same for everybody."""
    shop = brand.current()
    told: dict[str, Any] = {
        "id": "/me/",
        "name": shop.name,
        "short_name": shop.name[:24],
        "description": _("Thẻ thành viên của bạn."),
        "lang": request.LANGUAGE_CODE,
        "start_url": reverse("portal_home"),
        "scope": "/me/",
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#f6f7f9",
        "theme_color": shop.day.fill,
        "icons": [
            {
                "src": f"{reverse('portal_icon', args=[size])}?v={shop.digest}",
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size in SIZES[1:]
            for purpose in ("any", "maskable")
        ],
    }
    answer = JsonResponse(told, content_type="application/manifest+json")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def icon(request: HttpRequest, size: int) -> HttpResponse:
    """A card in the shop's colour, drawn once for each colour."""
    if size not in SIZES:
        return HttpResponse(status=404)
    shop = brand.current()
    answer = HttpResponse(icons.png(size, shop.day.fill, shop.day.content), content_type="image/png")
    answer["Cache-Control"] = "public, max-age=31536000" if "v" in request.GET else "public, max-age=3600"
    return answer


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that stands between the pages and the net. Another look or another build is another version of it."""
    kept = [static(f"dist/{name}") for name in ("portal.css", "portal.js", "icons.svg")]
    kept.append(brand.current().stylesheet_url)
    version = hashlib.sha256(" ".join([*kept, _built()]).encode()).hexdigest()[:12]
    answer = render(
        request, "portal/worker.js", {"kept": kept, "version": version}, content_type="text/javascript; charset=utf-8"
    )
    answer["Cache-Control"] = "no-cache"
    answer["Service-Worker-Allowed"] = "/me/"
    return answer


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the worker shows where there is no network: the card to be read aloud or scanned, and the points of then.

    Asked for without a session (when the worker is installed) it names nobody.
    """
    member = access.member_of(request)
    shown: dict[str, Any] = {}
    if member is not None:
        at = clock.now()
        own = card.of(request, at=at)  # type: ignore[arg-type]
        shown = {"card": own, "at": at, "bars": drawing.bars(own.standing.card) if own.standing.card else None}
    return access.private(render(request, "portal/offline.html", shown))


def _built() -> str:
    """What differs between two builds whose files keep their names."""
    return icons.digest_of_files("dist/portal.css", "dist/portal.js", "dist/icons.svg")
