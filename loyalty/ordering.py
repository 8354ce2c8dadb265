"""What is said of an order after its bill: confirmed, paid, shipped, delivered, or that it came to nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from events import commands, outbox
from loyalty import owning, policies, revisions
from loyalty.ledger import posting
from loyalty.models import OrderEvent, PendingPolicy, Purchase
from loyalty.policies import Policies
from loyalty.queries import PurchaseUnknown
from loyalty.records import PurchaseRecord
from loyalty.revisions import PurchaseCorrected
from loyalty.rules.ends import LotTerms
from loyalty.till import Till


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`matured`: the bill's points could be spent from this event on."""

    event: OrderEvent
    matured: bool
    replayed: bool


def tell(
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
    """Keep what was said, and let the bill's points ripen where this is what they waited for.

    In any order, and as often as it is said. Raises PurchaseUnknown, PurchaseCorrected, KeyConflict.
    """

    def once() -> Told:
        before = commands.find(store_id=till.store_id, key=key)
        if before is not None:
            commands.check(before, kind="order_event", fingerprint=fingerprint)
            return Told(event=OrderEvent.objects.get(pk=before.subject_id), matured=False, replayed=True)
        bill = Purchase.objects.filter(pk=purchase_id, store_id=till.store_id).first()
        if bill is None:
            raise PurchaseUnknown
        opened = posting.open_return(
            purchase_id=purchase_id, store_id=till.store_id, period="", receipt=None, at=at, by=till.by
        )
        if revisions.next_of([purchase_id]):
            raise PurchaseCorrected()
        event = OrderEvent.objects.create(
            purchase=bill,
            type=type,
            occurred_at=occurred_at,
            recorded_at=at,
            tracking_url=tracking_url,
            promised_by=promised_by,
            by=till.by,
            request_id=request_id,
        )
        commands.remember(
            store_id=till.store_id, key=key, kind="order_event", fingerprint=fingerprint, subject_id=event.pk, at=at
        )
        ripens = type == _ripens_with(policies.at(bill.occurred_at), bill.channel)
        matured = ripens and _ripen(opened.member_id, purchase_id, till=till, at=at)
        outbox.record(
            type="order.told",
            member_id=opened.member_id,
            subject_id=purchase_id,
            store_id=till.store_id,
            data={"said": type, "matured": matured},
            at=at,
            occurred_at=occurred_at,
            by=till.by,
            request_id=request_id,
        )
        return Told(event=event, matured=matured, replayed=False)

    return owning.while_it_stays(once)


def _ripen(member_id: UUID | None, purchase_id: UUID, *, till: Till, at: datetime) -> bool:
    if member_id is None:
        return False
    return posting.settle_bill(member_id=member_id, purchase_id=purchase_id, ripe=True, at=at, by=till.by)


def lot_of(bill: PurchaseRecord, *, terms: Policies) -> LotTerms:
    """What the points of a bill are told that come to somebody later: they wait for nothing that has happened."""
    lot = terms.lot(bill.occurred_at, channel=bill.channel)
    return settled(lot, of=[bill.id], channel=bill.channel, terms=terms)


def settled(lot: LotTerms, *, of: Sequence[UUID], channel: str, terms: Policies) -> LotTerms:
    """The lot without its wait where one of these bills, an order's, is said to have arrived."""
    arrived = _ripens_with(terms, channel)
    if lot.lapses is not None and OrderEvent.objects.filter(purchase_id__in=of, type=arrived).exists():
        return replace(lot, lapses=None)
    return lot


def _ripens_with(terms: Policies, channel: str) -> str:
    """The word that the points of a channel's bills wait for; empty where they wait for none."""
    pending = terms.pending
    waits = pending is not None and pending.wait == PendingPolicy.Wait.EVENT and channel in pending.channels
    return pending.event if pending is not None and waits else ""
