"""The brand in every template, and asked for at most once per page."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import SimpleLazyObject

from loyalty.look import brand


def shop(request: object) -> dict[str, Any]:
    """A context processor; the brand is read only where a template asks for it."""
    return {"brand": SimpleLazyObject(brand.current)}


class BrandMiddleware:
    """However many amounts a page writes, the database is asked once how this shop writes them."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        with brand.asked_once():
            return self.get_response(request)
