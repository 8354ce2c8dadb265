"""`{% load shop %}`: icons, and figures and days as this shop writes them, in the language of the page."""

from datetime import date, datetime

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from loyalty.look import words

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """`{% icon "gift" %}`: a drawing of assets/icons.txt. `label` is read aloud; without one it is decoration."""
    filled = " icon-filled" if name.endswith("-filled") else ""
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon{}{}" {}><use href="{}#{}"></use></svg>',
        filled,
        f" {css}" if css else "",
        spoken,
        static("dist/icons.svg"),
        name,
    )


@register.filter
def number(value: int | None) -> str:
    return words.number(value)


@register.filter
def signed(value: int | None) -> str:
    """+37 or −18: what a line added or took."""
    return words.number(value, signed=True)


@register.filter
def money(minor: int | None) -> str:
    return words.money(minor)


@register.filter
def points(count: int | None) -> str:
    return words.points(count)


@register.filter
def signed_points(count: int | None) -> str:
    return words.points(count, signed=True)


@register.filter
def day(value: date | None) -> str:
    return words.day(value)


@register.filter
def clock(value: datetime | None) -> str:
    return words.clock(value)


@register.filter
def moment(value: datetime | None) -> str:
    return words.moment(value)
