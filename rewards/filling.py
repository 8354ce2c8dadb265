"""What filled stamp cards give: the reader of everything that changes a member's bills.

It looks at the books as they are, gives what is missing and takes back what is too much; so it does not matter how
often and in which order events come. docs/adr/0022.
"""

from datetime import datetime
from uuid import UUID

import structlog
from django.db import connection, transaction

from events.models import Event
from rewards import issuing, stamping, voiding
from rewards.defining import DefinitionEnded, DefinitionUnknown
from rewards.issuing import Wanted
from rewards.models import StampCardGift, Voucher
from rewards.stamping import Filled, Term

TYPES = (
    "purchase.recorded",
    "purchase.returned",
    "purchase.cancelled",
    "purchase.corrected",
    "purchase.reviewed",
    "purchase.moved",
    "purchase.moved_away",
    "purchase.claimed",
)
BY = "system"
# kept with the voucher, as staff would write it
TAKEN_BACK = "hàng trả lại, thẻ tích dấu không còn đầy"
# Spaces of PostgreSQL's advisory locks are shared by the whole database; this one is for the cards of a member.
_MEMBER_SPACE = 7006

WRITE = """
INSERT INTO rewards_stampcardgift (card_id, key, member_id, number, step, voucher_id, purchase_id, at)
VALUES (%(card)s, %(key)s, %(member)s, %(number)s, %(step)s, %(voucher)s, %(purchase)s, %(at)s)
ON CONFLICT ON CONSTRAINT a_filled_card_gives_and_loses_in_turn DO NOTHING
"""

log = structlog.get_logger("rewards.filling")


def hear(*, event: Event) -> None:
    """The member's filled cards have their vouchers, and no others, as far as those were not used."""
    if event.member_id is None:
        return
    cards = stamping.all_terms()
    if cards:
        settle(member_id=event.member_id, cards=cards, at=event.recorded_at)


@transaction.atomic
def settle(*, member_id: UUID, cards: dict[str, list[Term]], at: datetime) -> None:
    with connection.cursor() as cursor:
        # one after the other, each reading what the one before has given; not the account: no sale waits for this
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_MEMBER_SPACE, str(member_id)])
    last: dict[str, dict[int, StampCardGift]] = {}
    for row in StampCardGift.objects.filter(member_id=member_id).order_by("key", "number", "step"):
        last.setdefault(row.key, {})[row.number] = row
    for key, terms in cards.items():
        _, full = stamping.filled(terms, member_id=member_id)
        known = last.get(key, {})
        for number, row in sorted(known.items(), reverse=True):
            if row.given and number > len(full):
                _take_back(row, at=at)
        for number, one in enumerate(full, 1):
            before = known.get(number)
            if before is None or not before.given:
                _give(one, member_id=member_id, number=number, step=before.step + 1 if before else 1, at=at)


def _give(one: Filled, *, member_id: UUID, number: int, step: int, at: datetime) -> None:
    at = max(at, one.bill.recorded_at)
    reason = f"stamps:{one.card.key}:{member_id}:{number}:{step}"
    try:
        made = issuing.issue(key=one.card.gives, wanted=[Wanted(member_id, reason)], at=at, by=BY)
    except (DefinitionUnknown, DefinitionEnded) as refusal:
        # staff ended the kind under the card: the gift waits until the kind is issued again
        log.warning("stamp_card_gives_nothing", card=one.card.key, code=refusal.code)
        return
    _write(
        StampCardGift(
            card=one.card,
            key=one.card.key,
            member_id=member_id,
            number=number,
            step=step,
            voucher_id=made[reason],
            purchase_id=one.bill.purchase_id,
            at=at,
        )
    )


def _take_back(row: StampCardGift, *, at: datetime) -> None:
    """An unused voucher is voided; one that was used, has lapsed or was voided by staff stays given: the next card
    with this number gives nothing."""
    try:
        with transaction.atomic():
            if not Voucher.objects.filter(pk=row.voucher_id, used=0, expires_at__gt=at).select_for_update().exists():
                return
            voiding.void(voucher_id=row.voucher_id, reason=TAKEN_BACK, by=BY, at=at)
    except voiding.NothingToVoid:
        return
    _write(
        StampCardGift(
            card_id=row.card_id,
            key=row.key,
            member_id=row.member_id,
            number=row.number,
            step=row.step + 1,
            voucher_id=row.voucher_id,
            purchase_id=None,
            at=at,
        )
    )


def _write(gift: StampCardGift) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "card": gift.card_id,
                "key": gift.key,
                "member": gift.member_id,
                "number": gift.number,
                "step": gift.step,
                "voucher": gift.voucher_id,
                "purchase": gift.purchase_id,
                "at": gift.at,
            },
        )
