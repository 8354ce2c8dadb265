"""What only a shop and its customer know of the last bill: for `members.facts`."""

import re
from datetime import datetime

from loyalty import revisions
from loyalty.models import Purchase
from loyalty.till import local_zone
from members import birthdays
from members.birthdays import BirthdayImpossible
from members.models import Member

_BETWEEN_DIGITS = re.compile(r"[\s.,_₫đĐ]+")


def last_bill_amount(*, member: Member, told: str, at: datetime) -> bool:
    """What the last bill came to, before or after points and vouchers, to the unit."""
    digits = _BETWEEN_DIGITS.sub("", told)
    bill = _last_bill(member, at)
    return bill is not None and digits.isascii() and digits.isdigit() and int(digits[:15]) in {bill.total, bill.due}


def last_bill_date(*, member: Member, told: str, at: datetime) -> bool:
    """The day of the last bill; without its year, the last day of that name."""
    try:
        said = birthdays.read(told)
    except BirthdayImpossible:
        return False
    bill = _last_bill(member, at)
    if bill is None:
        return False
    days = {bill.business_date, bill.occurred_at.astimezone(local_zone()).date()}
    return any((said.day, said.month) == (day.day, day.month) and said.year in (None, day.year) for day in days)


def _last_bill(member: Member, at: datetime) -> Purchase | None:
    bills = Purchase.objects.filter(revisions.STANDS, member_id=member.pk, occurred_at__lte=at)
    return bills.order_by("-occurred_at", "-id").first()
