"""A sale as a door sees it: quoted, recorded, taken back, with vouchers or without. Doors call this, not `loyalty`.

Vouchers come first, then points: what a voucher takes off is handed down as plain amounts per line. A bill without
vouchers costs the same four round trips as ever.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from events import commands
from loyalty import correcting, earning, holding, ordering, owning, returning, sales, today
from loyalty.bill import Bill
from loyalty.correcting import Asked
from loyalty.earning import Quote
from loyalty.holding import Held
from loyalty.ordering import Told
from loyalty.records import PurchaseRecord, ReturnedLine, ReturnRecord
from loyalty.returning import NothingLeft
from loyalty.sales import Recorded, Sale, Who
from loyalty.till import Till, local_midnight
from members import spending_proof
from members.locking import SpendingLocked
from members.spending_proof import Proof
from rewards import claiming, discounting, giving_back, guesses, queries
from rewards.claiming import Named
from rewards.discounting import Verdict
from rewards.guesses import Tries
from rewards.queries import UsedVoucher, VoucherView

CAME_TO_NOTHING = ("failed", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A voucher the member could use now, and what it would do to this bill by itself."""

    voucher: VoucherView
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """`best`: the vouchers that together take most off this bill."""

    quote: Quote
    offered: tuple[Offered, ...]
    best: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedOut:
    """The bill as it stands in the books with its vouchers, and whether it stood there before."""

    purchase: PurchaseRecord
    vouchers: tuple[UsedVoucher, ...]
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """The return as it stands in the books, with the vouchers of its bill: which of them came back with it."""

    record: ReturnRecord
    vouchers: tuple[UsedVoucher, ...]
    replayed: bool


def quote(*, bill: Bill, who: Who | None, vouchers: Sequence[Named] = (), till: Till, at: datetime) -> Quoted:
    """What recording this bill would do now. Writes and promises nothing; refuses what a purchase would refuse."""
    with _counted(vouchers, till=till, at=at) as tries:
        sale = sales.look_at(bill=bill, who=who, till=till, at=at)
        chosen = claiming.choose(vouchers, sale=sale, tries=tries, at=at)
        quoted = earning.quote_of(sale, at=at, discounts=claiming.by_line(chosen, sale=sale))
    offered = _offered(sale, goods=bill.goods, at=at)
    return Quoted(quote=quoted, offered=offered, best=_best(offered))


def record_purchase(
    *,
    bill: Bill,
    who: Who | None,
    vouchers: Sequence[Named] = (),
    till: Till,
    fingerprint: bytes,
    at: datetime,
    proof: Proof | None = None,
    proven: bool = False,
    request_id: str = "",
) -> CheckedOut:
    """Record a sale once: vouchers used, points spent and earned, tier, events, in one transaction.

    As `loyalty.earning.record_purchase`, and raises what `claiming.choose` does. A voucher named by its code is proven
    by it; one named by its id counts with the points to what leaves unproven in a day. `proof` is used up by a bill
    that takes points or vouchers, and left alone by every other; a wrong one stops such a bill: raises what
    `spending_proof.Tried.use_up` does. `proven`: the caller knows that the member is there.
    """
    takes = bool(bill.points_to_spend or vouchers)

    def once() -> CheckedOut:
        sale = sales.open_sale(bill=bill, who=who, till=till, fingerprint=fingerprint, at=at)
        if isinstance(sale, Recorded):
            return _as_before(sale)
        there = proven or (shown is not None and shown.use_up(member_id=sale.member_id, at=at))
        chosen = claiming.choose(vouchers, sale=sale, tries=tries, at=at)
        decided = sales.decide(
            sale,
            till=till,
            fingerprint=fingerprint,
            at=at,
            request_id=request_id,
            discounts=claiming.by_line(chosen, sale=sale),
        )
        by_id = sum(one.discount for one in chosen if not one.by_code)
        # points put aside were proven when they were
        if not there and (by_id or bill.points_to_spend and bill.hold is None):
            before = claiming.unproven_today(member_id=sale.member_id, at=at)
            sales.check_daily_amount(decided, at=at, beside=before + by_id)
        claiming.claim(chosen, sale=sale, till=till, proven=there, at=at, request_id=request_id)
        recorded = sales.post(decided)
        return CheckedOut(
            purchase=recorded.purchase, vouchers=tuple(one.used() for one in chosen), replayed=recorded.replayed
        )

    with _counted(vouchers, till=till, at=at) as tries, _tried(proof if takes else None, who, till, at) as shown:
        return sales.until_posted(once)


def return_purchase(
    *,
    purchase_id: UUID,
    receipt: str,
    lines: Sequence[ReturnedLine] | None,
    till: Till,
    fingerprint: bytes,
    at: datetime,
    occurred_at: datetime | None = None,
    request_id: str = "",
    import_id: UUID | None = None,
) -> Returned:
    """As `loyalty.returning.return_lines`; a bill that is whole again brings its vouchers back as their policy says."""
    with transaction.atomic():
        done = returning.return_lines(
            purchase_id=purchase_id,
            receipt=receipt,
            lines=lines,
            till=till,
            fingerprint=fingerprint,
            at=at,
            occurred_at=occurred_at,
            request_id=request_id,
            import_id=import_id,
        )
        return _with_vouchers(done, till=till, at=at, request_id=request_id)


def cancel(
    *, purchase_id: UUID, key: str, till: Till, fingerprint: bytes, at: datetime, request_id: str = ""
) -> Returned:
    """As `loyalty.returning.cancel`; the vouchers come back as their policy says."""
    with transaction.atomic():
        done = returning.cancel(
            purchase_id=purchase_id, key=key, till=till, fingerprint=fingerprint, at=at, request_id=request_id
        )
        return _with_vouchers(done, till=till, at=at, request_id=request_id)


def undo(
    *, purchase_id: UUID, key: str, till: Till, fingerprint: bytes, at: datetime, request_id: str = ""
) -> Returned:
    """As `cancel`, for whoever takes back their own last bill of the day. Raises `loyalty.today.NotUndoable`."""
    with transaction.atomic():
        if commands.find(store_id=till.store_id, key=key) is None:
            today.must_be_undoable(purchase_id=purchase_id, till=till, at=at)
        return cancel(
            purchase_id=purchase_id, key=key, till=till, fingerprint=fingerprint, at=at, request_id=request_id
        )


def correct(
    asked: Asked,
    *,
    vouchers: Sequence[Named] = (),
    till: Till,
    at: datetime,
    proof: Proof | None = None,
    proven: bool = False,
    request_id: str = "",
) -> CheckedOut:
    """A bill keyed again as it should have been: the old revision comes back with its vouchers, the next one may use
    them again; both in one transaction.

    Raises what `loyalty.correcting` and `record_purchase` do. What leaves with the next revision and had not left with
    the old one is proven as with a sale.
    """
    bill = asked.bill
    takes = bool(bill.points_to_spend or vouchers)

    def once() -> CheckedOut:
        begun = correcting.begin(asked, till=till, at=at, request_id=request_id)
        if isinstance(begun, Recorded):
            return _as_before(begun)
        before = {used.id for used in queries.on_bill(begun.old.id)}
        giving_back.give_back(begun.back, till=till, at=at, request_id=request_id)
        sale = begun.sale
        there = proven or (shown is not None and shown.use_up(member_id=sale.member_id, at=at))
        chosen = claiming.choose(vouchers, sale=sale, tries=tries, at=at)
        discounts = tuple(claiming.by_line(chosen, sale=sale))
        decided = correcting.decide(begun, till=till, at=at, request_id=request_id, discounts=discounts)
        by_id = [one for one in chosen if not one.by_code]
        more_points = bill.points_to_spend > begun.old.spent and bill.hold is None
        if not there and (more_points or any(one.voucher.id not in before for one in by_id)):
            beside = claiming.unproven_today(member_id=sale.member_id, at=at) + sum(one.discount for one in by_id)
            if begun.old.recorded_at >= local_midnight(at):
                beside -= begun.old.points_value
            sales.check_daily_amount(decided, at=at, beside=beside)
        claiming.claim(chosen, sale=sale, till=till, proven=there, at=at, request_id=request_id)
        recorded = correcting.post(begun, decided, till=till, at=at, request_id=request_id)
        return CheckedOut(purchase=recorded.purchase, vouchers=tuple(one.used() for one in chosen), replayed=False)

    owner = owning.owner_of(asked.purchase_id) if takes and proof is not None else None
    who = Who("id", str(owner)) if owner else None
    with _counted(vouchers, till=till, at=at) as tries, _tried(proof if takes else None, who, till, at) as shown:
        return owning.while_it_stays(lambda: sales.until_posted(once))


def hold(
    *,
    who: Who | None,
    points: int,
    lasts: timedelta,
    proof: Proof | None,
    key: str,
    till: Till,
    fingerprint: bytes,
    at: datetime,
    request_id: str = "",
) -> Held:
    """As `loyalty.holding.hold`; the proof is shown now, and the bill that takes the points asks for none."""
    with _tried(proof, who, till, at) as shown:
        return holding.hold(
            who=who,
            points=points,
            lasts=lasts,
            key=key,
            till=till,
            fingerprint=fingerprint,
            at=at,
            proven=lambda member_id: shown is not None and shown.use_up(member_id=member_id, at=at),
            request_id=request_id,
        )


def tell_order(
    *,
    purchase_id: UUID,
    type: str,
    occurred_at: datetime,
    tracking_url: str = "",
    promised_by: datetime | None = None,
    key: str,
    till: Till,
    fingerprint: bytes,
    at: datetime,
    request_id: str = "",
) -> Told:
    """As `loyalty.ordering.tell`; an order that came to nothing comes back whole, with its vouchers."""
    with transaction.atomic():
        told = ordering.tell(
            purchase_id=purchase_id,
            type=type,
            occurred_at=occurred_at,
            tracking_url=tracking_url,
            promised_by=promised_by,
            key=key,
            till=till,
            fingerprint=fingerprint,
            at=at,
            request_id=request_id,
        )
        if type in CAME_TO_NOTHING and not told.replayed:
            with suppress(NothingLeft):
                return_purchase(
                    purchase_id=purchase_id,
                    receipt=f"{type}:{purchase_id}",
                    lines=None,
                    till=till,
                    fingerprint=fingerprint,
                    at=at,
                    request_id=request_id,
                )
        return told


def _counted(vouchers: Sequence[Named], *, till: Till, at: datetime) -> AbstractContextManager[Tries]:
    return guesses.counted(codes=sum(one.code is not None for one in vouchers), by=till.by, at=at)


def _tried(
    proof: Proof | None, who: Who | None, till: Till, at: datetime
) -> AbstractContextManager[spending_proof.Tried | None]:
    member_id = sales.member_of(who, practice=till.practice) if proof is not None else None
    return spending_proof.tried(proof, member_id=member_id, asker=till.by, practice=till.practice, at=at)


def _as_before(recorded: Recorded) -> CheckedOut:
    purchase = recorded.purchase
    used = queries.on_bill(purchase.id) if purchase.voucher_discount else ()
    return CheckedOut(purchase=purchase, vouchers=used, replayed=recorded.replayed)


def _with_vouchers(done: returning.Returned, *, till: Till, at: datetime, request_id: str) -> Returned:
    if not done.replayed:
        giving_back.give_back(done.record, till=till, at=at, request_id=request_id)
    return Returned(record=done.record, vouchers=queries.on_bill(done.record.purchase_id), replayed=done.replayed)


def _offered(sale: Sale, *, goods: int, at: datetime) -> tuple[Offered, ...]:
    if sale.member_id is None:
        return ()
    live = queries.live_of(member_id=sale.member_id, at=at)
    if sale.snapshot.spending_locked:
        return tuple(Offered(voucher=one, verdict=Verdict(reason=SpendingLocked.code)) for one in live)
    return tuple(Offered(voucher=one, verdict=discounting.judge(one, goods=goods)) for one in live)


def _best(offered: Sequence[Offered]) -> tuple[UUID, ...]:
    """One voucher for each bill: the one that takes most off; of equal ones the first to end."""
    usable = [one for one in offered if one.verdict.usable]
    if not usable:
        return ()
    return (max(usable, key=lambda one: one.verdict.discount).voucher.id,)
