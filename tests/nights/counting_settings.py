"""The shop's settings, with nightly steps and a kind of job that count what they do and can be held at a point."""

from loyalty.settings import *  # noqa: F403
from loyalty.settings import JOB_KINDS as OURS

NIGHTLY_STEPS = ["tests.nights.steps.first", "loyalty.expiry.book_due", "tests.nights.steps.last"]
JOB_KINDS = {**OURS, "count": "tests.nights.steps.chunk"}
