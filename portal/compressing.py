"""Pages and what they are drawn with travel compressed: the portal is for telephones with little data.

A production image has its files compressed beforehand (WhiteNoise hands those out); elsewhere it is done here. Tills
are not kept waiting for it: the API's answers are left as they are.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

PLACES = ("/me/", "/join/", "/b/", "/u/", "/counter/", "/static/", "/brand")
TEXT = ("text/", "image/svg", "application/json", "application/manifest", "application/javascript")


class CompressionMiddleware(GZipMiddleware):
    """Django's own compression (it hides the length of what is secret), for the pages of telephones and tills."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "")
        if response.status_code == 200 and request.path_info.startswith(PLACES) and kind.startswith(TEXT):
            return super().process_response(request, response)
        return response
