"""What every door's pages load of the brand. Nothing here is anybody's secret: no sign-in, kept by browsers.

An address with `?v=` is that of one look and never changes; without it the browser asks each time whether it did.
"""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from loyalty.look import brand, sheets

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def stylesheet(request: HttpRequest) -> HttpResponse:
    shop = brand.current()
    return _kept(request, sheets.doors(shop).encode(), kind="text/css; charset=utf-8", version=shop.digest)


@require_safe
def dashboard_stylesheet(request: HttpRequest) -> HttpResponse:
    shop = brand.current()
    return _kept(request, sheets.dashboard(shop).encode(), kind="text/css; charset=utf-8", version=shop.digest)


def _kept(request: HttpRequest, body: bytes, *, kind: str, version: str) -> HttpResponse:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type=kind)
    response["ETag"] = etag
    response["Cache-Control"] = FOR_EVER if request.GET.get("v") == version else "no-cache"
    return get_conditional_response(request, etag=etag, response=response) or response
