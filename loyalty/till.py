"""Where a command comes from: a store's till, and the store's own way of numbering receipts and days."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings

from loyalty.models import Store, Terminal


def local_zone() -> ZoneInfo:
    """The business's time zone."""
    return ZoneInfo(settings.TIME_ZONE)


def local_day(moment: datetime) -> date:
    """The day that a moment lies in, by the programme's clock."""
    return moment.astimezone(local_zone()).date()


def local_midnight(moment: datetime) -> datetime:
    """When the business's calendar day of a moment began."""
    return moment.astimezone(local_zone()).replace(hour=0, minute=0, second=0, microsecond=0)


def midnight_after(day: date) -> datetime:
    """The local midnight that ends a day: what may be used on its last day ends there."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=local_zone())


def last_day(ends_at: datetime) -> date:
    """The last day of what ends at a local midnight: the day before it."""
    return (ends_at.astimezone(local_zone()) - timedelta(seconds=1)).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    store_id: int
    store_code: str
    store_name: str
    receipt_restart: str
    day_starts: time
    till_window_days: int
    online_window_days: int
    practice: bool
    by: str
    terminal_id: int | None = None
    terminal_code: str = ""
    print_width: int = 32
    print_accents: bool = True

    @classmethod
    def of(cls, store: Store, terminal: Terminal | None = None, *, by: str) -> Self:
        return cls(
            store_id=store.id,
            store_code=store.code,
            store_name=store.name,
            receipt_restart=store.receipt_restart,
            day_starts=store.day_starts,
            till_window_days=store.till_window_days,
            online_window_days=store.online_window_days,
            practice=store.practice,
            by=by,
            terminal_id=terminal.id if terminal else None,
            terminal_code=terminal.code if terminal else "",
            print_width=terminal.print_width if terminal else 32,
            print_accents=terminal.print_accents if terminal else True,
        )

    def business_date(self, moment: datetime) -> date:
        """The business day a moment belongs to: it begins at the store's `day_starts`, local time."""
        local = moment.astimezone(local_zone())
        starts = timedelta(hours=self.day_starts.hour, minutes=self.day_starts.minute)
        return (local.replace(tzinfo=None) - starts).date()

    def receipt_period(self, day: date) -> str:
        """Within which receipt numbers are unique, by the store's setting *receipt numbers restart*."""
        match self.receipt_restart:
            case Store.ReceiptRestart.YEARLY:
                return f"{day:%Y}"
            case Store.ReceiptRestart.MONTHLY:
                return f"{day:%Y-%m}"
            case Store.ReceiptRestart.DAILY:
                return f"{day:%Y-%m-%d}"
            case Store.ReceiptRestart.TERMINAL_DAILY:
                return f"{day:%Y-%m-%d}/{self.terminal_code}"
            case _:
                return ""

    def window(self, channel: str) -> timedelta:
        """How old a bill of a channel may be and still be posted at once."""
        days = self.online_window_days if channel == "online" else self.till_window_days
        return timedelta(days=days)
