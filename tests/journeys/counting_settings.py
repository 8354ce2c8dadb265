"""The shop's settings, and one reader more than the shop has."""

from loyalty.settings import *  # noqa: F403
from loyalty.settings import EVENT_READERS as OURS

EVENT_READERS = [*OURS, ("tests.events.readers.count", ("purchase.recorded",))]
