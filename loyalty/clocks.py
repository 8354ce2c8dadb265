"""Whether a till's clock can be believed: post at once, wait for staff, or refuse."""

from datetime import date, datetime, timedelta

from events.refusals import Refusal
from loyalty.bill import Bill
from loyalty.models import Purchase
from loyalty.till import Till

AHEAD_POSTED = timedelta(minutes=10)
AHEAD_REVIEWED = timedelta(days=1)
OLD_REVIEWED = timedelta(days=400)
BUSINESS_DATE_OFF = timedelta(days=1)


class OccurredInFuture(Refusal):
    """The bill says it happens more than a day from now."""

    code = "occurred_in_future"


class OccurredTooOld(Refusal):
    """The bill is older than 400 days."""

    code = "occurred_too_old"


class BusinessDateOff(Refusal):
    """The business date sent is more than a day away from the moment of the bill."""

    code = "business_date_off"


def status(occurred_at: datetime, *, channel: str, till: Till, at: datetime) -> str:
    """Posted within the channel's window (and up to 10 minutes ahead); else review, up to the outer bounds."""
    if occurred_at > at + AHEAD_REVIEWED:
        raise OccurredInFuture()
    if occurred_at < at - OLD_REVIEWED:
        raise OccurredTooOld()
    trusted = at - till.window(channel) <= occurred_at <= at + AHEAD_POSTED
    return Purchase.Status.POSTED.value if trusted else Purchase.Status.REVIEW.value


def business_date(bill: Bill, *, till: Till) -> date:
    """The business day as sent, within a day of the moment of the bill; else the day the store's clock says."""
    day = till.business_date(bill.occurred_at)
    if bill.business_date is None:
        return day
    if abs(bill.business_date - day) > BUSINESS_DATE_OFF:
        raise BusinessDateOff()
    return bill.business_date
