"""Said at the start, not at three in the morning: a dotted name in settings that leads nowhere."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string


@register()
def dotted_names(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Each name in EVENT_READERS, AUDIT_QUERIES and NIGHTLY_STEPS is something that can be called."""
    named = [("EVENT_READERS", reader) for reader, _types in settings.EVENT_READERS]
    named += [("AUDIT_QUERIES", name) for name in settings.AUDIT_QUERIES]
    named += [("NIGHTLY_STEPS", name) for name in settings.NIGHTLY_STEPS]
    return [
        Error(f"{setting} names {name!r}, which cannot be called: {trouble}.", id="events.E001")
        for setting, name in named
        if (trouble := _trouble(name))
    ]


@register()
def taken_types(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Each reader takes a tuple of types: of a bare string it would take every part."""
    return [
        Error(
            f"EVENT_READERS: {reader!r} takes {types!r}; it wants a tuple of event types, or ('*',).", id="events.E002"
        )
        for reader, types in settings.EVENT_READERS
        if isinstance(types, str) or not types
    ]


def _trouble(name: str) -> str:
    try:
        return "" if callable(import_string(name)) else "it is no function"
    except ImportError as error:
        return str(error)
