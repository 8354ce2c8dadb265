"""A guest's bill joined to a member within a few days: by what the receipt says, or by the code printed on it."""

import hashlib
import hmac
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from events import commands
from events.refusals import Refusal
from loyalty import conf, crockford, moving, owning, policies, queries, revisions
from loyalty.ledger.posting import MoveOpening
from loyalty.models import BillMove, Purchase
from loyalty.moving import Moved, OwnBill
from loyalty.sales import MemberUnknown
from loyalty.till import Till, local_midnight
from members import guessing
from members.guessing import Limit, Tries
from members.models import Member

CODE_LENGTH = 8
# wrong ones: a till may slip now and then, a person has few receipts
TILL_LIMIT, TILL_WITHIN = 20, timedelta(minutes=15)
MEMBER_LIMIT, MEMBER_WITHIN = 5, timedelta(days=1)
# a code that came too late is told so for that long
STILL_KNOWN_DAYS = 30


class ClaimUnknown(Refusal):
    """No guest's bill of this store is meant. What does not fit (number, date, amount, code) is not said."""

    code = "claim_unknown"


class AlreadyClaimed(Refusal):
    """The bill has a member: it was sold to one, or claimed before."""

    code = "already_claimed"


class TooLateToClaim(Refusal):
    """The sale is longer ago than the programme lets guests claim; `days` says how long that is."""

    code = "too_late_to_claim"


class TooManyClaims(Refusal):
    """The member has claimed as many bills this month as the programme allows; `limit` says how many."""

    code = "too_many_claims"


def claim(
    *,
    member_id: UUID | None,
    key: str,
    till: Till,
    at: datetime,
    receipt: str | None = None,
    date: date | None = None,
    amount: int | None = None,
    code: str | None = None,
    fingerprint: bytes = b"",
    request_id: str = "",
) -> Moved:
    """Join a guest's bill of the till's store to a member (None: whoever was named is nobody), named by `code`, or by
    receipt, business date and amount (its total, or what was paid).

    The member earns what is kept of it under the rules in force at the sale. The same `key` again is answered alike.
    Raises MemberUnknown, TooManyGuesses, ClaimUnknown, AlreadyClaimed, TooLateToClaim, TooManyClaims, OwnBill,
    NothingLeft, InReview, KeyConflict; then nothing was written but the count of a wrong guess.
    """
    said = f"claim:{receipt}:{date}:{amount}:{code}"
    meant = fingerprint or hashlib.sha256(said.encode("utf-8", "replace")).digest()

    def once() -> Moved:
        before = commands.find(store_id=till.store_id, key=key)
        if before is not None:
            commands.check(before, kind="claim", fingerprint=meant)
            return moving.replayed(before.subject_id, member_id=member_id)
        tries.must_be_free()
        if member_id is None or not _is_member(member_id, practice=till.practice):
            raise MemberUnknown()
        found = _by_code(code, till=till, at=at) if code else _by_receipt(receipt, date, amount, till=till)
        if found is None:
            tries.wrong = True
            raise ClaimUnknown()
        opened, bill = moving.open_bill(found.pk, member_id, till=till, at=at)
        if opened.from_member is not None:
            raise AlreadyClaimed()
        _check(opened, found, member_id=member_id, till=till, at=at)
        kind = BillMove.Kind.CLAIM
        moving.hand_over(opened, bill, kind=kind, reason="", till=till, at=at, request_id=request_id)
        commands.remember(
            store_id=till.store_id, key=key, kind="claim", fingerprint=meant, subject_id=opened.new_id, at=at
        )
        return Moved(queries.purchase(bill.id), replayed=False)

    with _counted(member_id, till=till, at=at) as tries:
        return owning.while_it_stays(once)


def code_of(purchase_id: UUID) -> str:
    """The code printed on a guest's bill: 40 bits of an HMAC of its id, shown as `XXXX-XXXX`. It is stored nowhere."""
    code = _code(_secret(), purchase_id)
    return f"{code[:4]}-{code[4:]}"


def _secret() -> bytes:
    return conf.derive(settings.SECRET_KEY, "claims of guests' bills")


def _code(secret: bytes, purchase_id: UUID) -> str:
    digest = hmac.digest(secret, purchase_id.bytes, hashlib.sha256)
    return crockford.written(int.from_bytes(digest[:5], "big"), length=CODE_LENGTH)


def _counted(member_id: UUID | None, *, till: Till, at: datetime) -> AbstractContextManager[Tries]:
    limits = [Limit(kind="claim at a till", of=till.by, tries=TILL_LIMIT, within=TILL_WITHIN)]
    if member_id is not None:
        limits.append(Limit(kind="claim of a member", of=str(member_id), tries=MEMBER_LIMIT, within=MEMBER_WITHIN))
    return guessing.counted(*limits, at=at)


def _is_member(member_id: UUID, *, practice: bool) -> bool:
    return Member.objects.filter(pk=member_id, practice=practice, status=Member.Status.ACTIVE).exists()


def _by_receipt(receipt: str | None, date: date | None, amount: int | None, *, till: Till) -> Purchase | None:
    """The bill that all three name; of several (numbers restart per till) one that is a guest's."""
    if receipt is None or date is None or amount is None:
        return None
    named = Purchase.objects.filter(
        Q(total=amount) | Q(due=amount), revisions.STANDS, store=till.store_id, receipt=receipt, business_date=date
    )
    bills = list(named.order_by("-occurred_at")[:20])
    owners = owning.owners(bills)
    return min(bills, key=lambda bill: owners[bill.pk] is not None, default=None)


def _by_code(typed: str, *, till: Till, at: datetime) -> Purchase | None:
    """The guest's bill that bears this code: computed again for those of the last days, then of the month before."""
    code = crockford.read(typed)
    if len(code) != CODE_LENGTH or not code.isascii():
        return None
    secret = _secret()
    today = till.business_date(at)
    first = today - timedelta(days=policies.at(at).programme.claim_days)
    spans = ((first, today + timedelta(days=1)), (first - timedelta(days=STILL_KNOWN_DAYS), first - timedelta(days=1)))
    for span in spans:
        guests = Purchase.objects.filter(store=till.store_id, business_date__range=span, member_id=None)
        for identity in guests.values_list("pk", flat=True).iterator(chunk_size=5000):
            if hmac.compare_digest(_code(secret, identity), code):
                return Purchase.objects.get(pk=revisions.last_of(identity))
    return None


def _check(opened: MoveOpening, bill: Purchase, *, member_id: UUID, till: Till, at: datetime) -> None:
    """What speaks against a claim, under the locks of the member and the bill."""
    programme = policies.at(at).programme
    days = programme.claim_days
    if not days or (till.business_date(at) - bill.business_date).days > days:
        raise TooLateToClaim(days=days)
    # at a till nobody has signed in: whoever works here could be the one who keys it
    if opened.own_bill or (opened.staffs and not till.by.startswith("user:")):
        raise OwnBill()
    month = local_midnight(at).replace(day=1)
    claimed = BillMove.objects.filter(to_member_id=member_id, kind=BillMove.Kind.CLAIM, at__gte=month)
    if claimed.count() >= programme.claims_a_month:
        raise TooManyClaims(limit=programme.claims_a_month)
