"""The shop's limits on what it sends: quiet hours, caps, the salt of the holdout."""

import re
from datetime import datetime, timedelta

from django.db import transaction

from campaigns.models import SendingPolicy
from loyalty.models import Programme
from loyalty.till import local_zone
from members import identifying

LONGEST_BRAND = 11

# An SMS decided on is with the provider within this time; what would get there after the hour waits for the morning.
ON_THE_WAY = timedelta(minutes=2)


def policy() -> SendingPolicy:
    """The limits in force, founded with the law's own when nobody has set any."""
    found = SendingPolicy.objects.filter(pk=1).first()
    if found is None:
        with transaction.atomic():
            found, _ = SendingPolicy.objects.get_or_create(pk=1, defaults=_brand())
    return found


def _brand() -> dict[str, str]:
    """The shop's name as a sender of SMS: plain capitals, as many as fit; the field's default where nothing is left."""
    name = Programme.objects.values_list("name", flat=True).first() or ""
    plain = re.sub(r"[^A-Z0-9]", "", identifying.fold(name).upper())[:LONGEST_BRAND]
    return {"brand": plain} if len(plain) >= 3 else {}


def opens_at(limits: SendingPolicy, *, at: datetime) -> datetime:
    """When advertising to a phone may go: `at` itself by day, else the next morning."""
    local = at.astimezone(local_zone())
    opening = datetime.combine(local.date(), limits.quiet_until, tzinfo=local_zone())
    closing = datetime.combine(local.date(), limits.quiet_from, tzinfo=local_zone())
    if at < opening:
        return opening
    if at + ON_THE_WAY > closing:
        return datetime.combine(local.date() + timedelta(days=1), limits.quiet_until, tzinfo=local_zone())
    return at
