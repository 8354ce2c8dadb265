"""The nightly run: what each floor does once a day, in the order of settings.NIGHTLY_STEPS."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

log = structlog.get_logger("loyalty.nightly")


@dataclass(frozen=True, kw_only=True)
class StepDone:
    """One step and how many rows it dealt with."""

    step: str
    count: int


def run(*, at: datetime) -> Iterator[StepDone]:
    """Run every step as of `at`. A step is `step(*, at) -> int`, commits in chunks and may be run again at any time."""
    for dotted in settings.NIGHTLY_STEPS:
        done = StepDone(step=dotted, count=import_string(dotted)(at=at))
        log.info("nightly_step", step=done.step, count=done.count)
        yield done
