"""The notice of the programme to the Sở Công Thương: given before it runs, and again before its time is over.

Decree 81/2018 (as amended) has programmes for regular customers notified. The shop does that itself; here stand the
number and the dates, and when to think of it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from loyalty.models import Programme


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """`why`: `missing` (no notice noted yet), `ending` (its time is nearly over) or `over`; `on`: the last day."""

    why: str
    on: date | None = None


def reminder(*, on: date) -> Reminder | None:
    """What has to be thought of on this day; None where the notice holds."""
    programme = Programme.objects.filter(pk=1).first()
    if programme is None:
        return None
    if not programme.notice_number or programme.notice_on is None:
        return Reminder(why="missing")
    ends = programme.runs_until
    if ends is None or on < ends - timedelta(days=programme.remind_days):
        return None
    return Reminder(why="over" if on > ends else "ending", on=ends)
