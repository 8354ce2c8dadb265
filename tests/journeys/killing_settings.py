"""The shop's settings, and a reader that ends the worker it runs in."""

from loyalty.settings import *  # noqa: F403
from loyalty.settings import EVENT_READERS as OURS

EVENT_READERS = [*OURS, ("tests.events.readers.kill", ("points.adjusted",))]
