"""A voucher given by hand, from a member's page: with a reason, so many a day."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from events.refusals import Refusal
from loyalty.till import local_midnight
from rewards import issuing
from rewards.issuing import Wanted
from rewards.models import Voucher

LONGEST_REASON = 500
MOST_A_DAY = 20
# Spaces of PostgreSQL's advisory locks are shared by the whole database; this one is for whoever gives by hand.
_HAND_SPACE = 7004


class GrantReasonMissing(Refusal):
    """Who gives a voucher says why."""

    code = "reason_missing"


class TooManyByHand(Refusal):
    """This person gave as many vouchers today as one may."""

    code = "too_many_by_hand"


@transaction.atomic
def grant(*, member_id: UUID, key: str, reason: str, token: UUID, by: str, at: datetime) -> UUID:
    """Give a member a voucher of the kind `key`; answers its id. The same `token` again is the same voucher.

    Raises GrantReasonMissing, TooManyByHand, DefinitionUnknown, DefinitionEnded.
    """
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise GrantReasonMissing()
    issued_for = f"hand:{by}:{token}"
    with connection.cursor() as cursor:
        # one after the other: two at once would each count without the other
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_HAND_SPACE, by])
    today = Voucher.objects.filter(issued_for__startswith="hand:", by=by, issued_at__gte=local_midnight(at))
    if today.exclude(issued_for=issued_for).count() >= MOST_A_DAY:
        raise TooManyByHand()
    return issuing.issue(key=key, wanted=[Wanted(member_id, issued_for)], at=at, by=by, note=reason)[issued_for]
