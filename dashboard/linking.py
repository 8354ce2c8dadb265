"""Links between the pages of the dashboard."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString


def to(page: str, key: Any, text: Any) -> SafeString:
    """A link to the page of one row: `to("loyalty_purchase", id, "000123")`."""
    address = reverse(f"admin:{page}_change", args=[key])
    return format_html(
        '<a class="text-primary-700 dark:text-primary-400 hover:underline" href="{}">{}</a>', address, text
    )
