"""What every door's pages load of the brand. Nothing here is anybody's secret: no sign-in, kept by browsers.

An address with `?v=` is that of one look and never changes; without it the browser asks each time whether it did.
"""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from loyalty.look import brand, logos, sheets
from loyalty.models import Logo

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def stylesheet(request: HttpRequest) -> HttpResponse:
    shop = brand.current()
    return _kept(request, sheets.doors(shop).encode(), kind="text/css; charset=utf-8", version=shop.digest)


@require_safe
def dashboard_stylesheet(request: HttpRequest) -> HttpResponse:
    shop = brand.current()
    return _kept(request, sheets.dashboard(shop).encode(), kind="text/css; charset=utf-8", version=shop.digest)


@require_safe
def logo(request: HttpRequest) -> HttpResponse:
    picture = Logo.objects.filter(pk=1).first()
    if picture is None:
        return HttpResponse(status=404)
    return _kept(request, bytes(picture.image), kind=f"image/{picture.kind}", version=picture.digest[:12])


@require_safe
def icon(request: HttpRequest, size: int) -> HttpResponse:
    if size not in logos.ICON_SIZES:
        return HttpResponse(status=404)
    shop = brand.current()
    return _kept(request, logos.icon(shop, size), kind="image/png", version=shop.digest)


def _kept(request: HttpRequest, body: bytes, *, kind: str, version: str) -> HttpResponse:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type=kind)
    response["ETag"] = etag
    response["Cache-Control"] = FOR_EVER if request.GET.get("v") == version else "no-cache"
    return get_conditional_response(request, etag=etag, response=response) or response
