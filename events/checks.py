"""Said at the start, not at three in the morning: a dotted name in settings that leads nowhere."""

from collections.abc import Sequence
from typing import Any

from celery import current_app
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from events import relaying


@register()
def dotted_names(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Each name in the lists of settings is something that can be called."""
    named = [("EVENT_READERS", reader) for reader, _types in settings.EVENT_READERS]
    named += [("AUDIT_QUERIES", name) for name in settings.AUDIT_QUERIES]
    named += [("NIGHTLY_STEPS", name) for name in settings.NIGHTLY_STEPS]
    named += [("JOB_KINDS", name) for name in settings.JOB_KINDS.values()]
    named += [("DUE_WORK", claim) for claim, _task, _queue in settings.DUE_WORK]
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


@register()
def told_tasks(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Due work is told to a task that exists, in a queue that a worker serves."""
    current_app.autodiscover_tasks(force=True)
    return [
        Error(f"DUE_WORK: {claim!r} tells {task!r} in the queue {queue!r}; there is no such {what}.", id="events.E003")
        for claim, task, queue in settings.DUE_WORK
        for what, known in (("task", current_app.tasks), ("queue", relaying.MOST_WAITING))
        if (task if what == "task" else queue) not in known
    ]


def _trouble(name: str) -> str:
    try:
        return "" if callable(import_string(name)) else "it is no function"
    except ImportError as error:
        return str(error)
