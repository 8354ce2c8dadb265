"""Using vouchers on a bill: finding those that were named, judging them, claiming them so that no race wins twice.

All of it runs under the lock of the member's account, in the transaction of the sale.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Sum

from events import outbox
from events.refusals import Refusal
from loyalty import paying
from loyalty.models import Return
from loyalty.sales import Sale
from loyalty.till import Till, local_midnight
from members import locking
from members.locking import SpendingLocked
from rewards import codes, discounting, queries
from rewards.codes import CodeUnreadable
from rewards.guesses import Tries
from rewards.models import Voucher, VoucherUse
from rewards.queries import UsedVoucher, VoucherView

# The claim is this one conditional UPDATE: whoever finds no row changed has no voucher.
CLAIM = """
WITH claimed AS (
  UPDATE rewards_voucher SET used = used + 1
   WHERE id = %(voucher)s AND member_id = %(member)s AND used < uses_allowed AND voided_at IS NULL
     AND expires_at > %(at)s AND members_may_spend(member_id, %(at)s)
  RETURNING id, member_id
), used AS (
  INSERT INTO rewards_voucheruse (voucher_id, member_id, purchase_id, discount, proven, at, by, store_id, request_id)
    SELECT id, member_id, %(purchase)s, %(discount)s, %(proven)s, %(at)s, %(by)s, %(store)s, %(request)s FROM claimed
)
SELECT events_record('voucher.redeemed', member_id, id, %(store)s, %(data)s::jsonb, %(happened)s, %(at)s, %(by)s,
                     %(request)s, %(readers)s::text[])
  FROM claimed
"""


class VoucherUnknown(Refusal):
    """No voucher of this member has this code or id. A stranger's voucher is answered alike."""

    code = "voucher_unknown"


class VoucherUsed(Refusal):
    """All uses of the voucher are gone."""

    code = "voucher_used"


class VoucherExpired(Refusal):
    """The voucher's last day is over."""

    code = "voucher_expired"


class VoucherVoid(Refusal):
    """Staff took the voucher out of use."""

    code = "voucher_void"


class BasketTooSmall(Refusal):
    """The goods cost less than the voucher asks for; `minimum` in minor units."""

    code = "voucher_basket_too_small"


class VouchersDoNotStack(Refusal):
    """One voucher for each bill."""

    code = "vouchers_do_not_stack"


REFUSALS: dict[str, type[Refusal]] = {
    refusal.code: refusal for refusal in (VoucherUsed, VoucherExpired, VoucherVoid, BasketTooSmall)
}


@dataclass(frozen=True, slots=True)
class Named:
    """A voucher as a till names it: by `code`, as typed, or by `id`. Exactly one of the two."""

    code: str | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A voucher that was named and fits the bill. `by_code`: whoever showed it has it in hand."""

    voucher: VoucherView
    discount: int
    by_code: bool

    def used(self) -> UsedVoucher:
        view = self.voucher
        return UsedVoucher(
            id=view.id, last4=view.last4, discount=self.discount, name_vi=view.name_vi, name_en=view.name_en
        )


def choose(named: Sequence[Named], *, sale: Sale, tries: Tries, at: datetime) -> list[Chosen]:
    """The vouchers a bill names, judged against it. Nothing is claimed yet.

    Raises MemberNeeded, VouchersDoNotStack, VoucherUnknown, VoucherUsed, VoucherExpired, VoucherVoid, BasketTooSmall,
    SpendingLocked, TooManyGuesses.
    """
    if not named:
        return []
    if sale.member_id is None:
        raise paying.MemberNeeded()
    if sale.snapshot.spending_locked:
        raise SpendingLocked()
    if len(named) > 1:
        raise VouchersDoNotStack()
    found = _find(named[0], member_id=sale.member_id, tries=tries, at=at)
    verdict = discounting.judge(found, goods=sale.bill.goods)
    if not verdict.usable:
        raise REFUSALS[verdict.reason](**verdict.details)
    return [Chosen(voucher=found, discount=verdict.discount, by_code=named[0].code is not None)]


def by_line(chosen: Sequence[Chosen], *, sale: Sale) -> list[int]:
    """What the vouchers take off each line; empty where there are none."""
    if not chosen:
        return []
    return discounting.by_line(sum(one.discount for one in chosen), sale.bill.goods_by_line())


def claim(chosen: Sequence[Chosen], *, sale: Sale, till: Till, proven: bool, at: datetime, request_id: str) -> None:
    """Use the vouchers on this bill. Raises VoucherUsed where somebody was faster; then the sale is rolled back."""
    for one in chosen:
        data = {"purchase": str(sale.purchase_id), "discount": one.discount, "key": one.voucher.key}
        with connection.cursor() as cursor:
            cursor.execute(
                CLAIM,
                {
                    "voucher": one.voucher.id,
                    "member": sale.member_id,
                    "purchase": sale.purchase_id,
                    "discount": one.discount,
                    "proven": proven or one.by_code,
                    "at": at,
                    "happened": sale.bill.occurred_at,
                    "by": till.by,
                    "store": till.store_id,
                    "request": request_id,
                    "data": orjson.dumps(data).decode(),
                    "readers": outbox.readers_of("voucher.redeemed"),
                },
            )
            if cursor.rowcount == 1:
                continue
        if locking.is_locked(member_id=one.voucher.member_id, at=at):
            raise SpendingLocked()
        raise VoucherUsed()


def unproven_today(*, member_id: UUID | None, at: datetime) -> int:
    """What vouchers named by their id took off this member's bills today as they stand (minor units)."""
    if member_id is None:
        return 0
    corrected = Return.objects.filter(member_id=member_id, kind=Return.Kind.CORRECTION).values("pk")
    uses = VoucherUse.objects.filter(member_id=member_id, at__gte=local_midnight(at), proven=False)
    uses = uses.exclude(return_id__in=corrected)
    return uses.aggregate(discount=Sum("discount"))["discount"] or 0


def _find(named: Named, *, member_id: UUID, tries: Tries, at: datetime) -> VoucherView:
    own = Voucher.objects.filter(member_id=member_id).select_related("definition")
    if named.id is not None:
        row = own.filter(pk=named.id).first()
    else:
        tries.must_be_free()
        try:
            row = own.filter(code_hash=codes.hashed(codes.read(named.code or ""))).first()
        except CodeUnreadable:
            # a slip of the finger tells a guesser nothing: it is not counted
            raise VoucherUnknown() from None
        tries.wrong = row is None
    if row is None:
        raise VoucherUnknown()
    return queries.view(row, at=at)
