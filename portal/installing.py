"""What makes the portal an app: the manifest, its icons, the worker, and the card without a network."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events import clock
from loyalty.look import brand
from portal import access, card, drawing

SIZES = (192, 512)


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
                "src": shop.icon_url(size),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size in SIZES
            for purpose in ("any", "maskable")
        ],
    }
    answer = JsonResponse(told, content_type="application/manifest+json")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that stands between the pages and the net. Another look or another build is another version of it."""
    kept = [static(f"dist/{name}") for name in ("portal.css", "portal.js", "icons.svg")]
    shop = brand.current()
    kept += [shop.stylesheet_url, *([shop.logo_url] if shop.logo_url else [])]
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


@lru_cache(maxsize=1)
def _built() -> str:
    """One word for what the files of this build hold: two builds may keep their names."""
    found = [finders.find(f"dist/{name}") for name in ("portal.css", "portal.js", "icons.svg")]
    read = b"".join(Path(path).read_bytes() for path in found if isinstance(path, str))
    return hashlib.sha256(read).hexdigest()[:12]
