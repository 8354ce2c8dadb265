"""Stamp cards: publishing them, and how full a member's cards are. Stamps are counted in the books, stored nowhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import connection, transaction

from events.refusals import Refusal
from loyalty import bought
from loyalty.bought import Bought
from rewards import defining
from rewards.models import StampCard

# Spaces of PostgreSQL's advisory locks are shared by the whole database; this one is for versions of a card.
_CARD_SPACE = 7005


class CardBeginsInThePast(Refusal):
    """A version begins when it is published, or later: what was bought before is never counted anew."""

    code = "stamp_card_in_the_past"


class CardNeedsAnother(Refusal):
    """All versions of a card need equally many stamps; another number is another card, with a key of its own."""

    code = "stamp_card_needs_another"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A version of a card and the time in which it says what counts: [begins, ends)."""

    card: StampCard
    begins: datetime
    ends: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The bill with which a card became full, and the version under which it was sold."""

    card: StampCard
    bill: Bought


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How full the member's card is: `stamps` of `needed`, after so many cards that were `filled`."""

    card: StampCard
    stamps: int
    needed: int
    filled: int

    @property
    def missing(self) -> int:
        return self.needed - self.stamps

    @property
    def circles(self) -> list[bool]:
        """One for each stamp of the card: whether it is there."""
        return [n < self.stamps for n in range(self.needed)]


@transaction.atomic
def publish(card: StampCard, *, by: str, at: datetime) -> StampCard:
    """Publish the next version of `card.key`, in force from its `valid_from`.

    Raises CardBeginsInThePast, CardNeedsAnother, and what `defining.in_force` does of the voucher it gives.
    """
    if card.valid_from < at:
        raise CardBeginsInThePast()
    if card.active:
        defining.in_force(card.gives, at=card.valid_from)
    with connection.cursor() as cursor:
        # two people who publish at once get two versions
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_CARD_SPACE, card.key])
    last = StampCard.objects.filter(key=card.key).order_by("-version").first()
    if last is not None and last.needed != card.needed:
        raise CardNeedsAnother()
    card.version = last.version + 1 if last else 1
    card.published_at, card.published_by = at, by
    card.save(force_insert=True)
    return card


def all_terms() -> dict[str, list[Term]]:
    """Card → its versions in the order of their times, in one query."""
    rows = StampCard.objects.order_by("key", "valid_from", "version")
    return {key: _terms(versions) for key, versions in groupby(rows, key=lambda card: card.key)}


def _terms(versions: Iterable[StampCard]) -> list[Term]:
    """A version holds until its own end or the beginning of the next, whichever is first."""
    cards = list(versions)
    begins = [*(card.valid_from for card in cards[1:]), None]
    return [
        Term(
            card=card,
            begins=card.valid_from,
            ends=min((limit for limit in (card.valid_until, following) if limit), default=None),
        )
        for card, following in zip(cards, begins, strict=True)
    ]


def in_force(terms: Iterable[Term], *, at: datetime) -> StampCard | None:
    """The version that collects stamps at a moment."""
    for term in terms:
        if term.card.active and term.begins <= at and (term.ends is None or at < term.ends):
            return term.card
    return None


def filled(terms: Iterable[Term], *, member_id: UUID) -> tuple[int, list[Filled]]:
    """All stamps of a member on one card, and for each card they filled the bill that did, in order."""
    stamps, full = 0, []
    for term in terms:
        if not term.card.active:
            continue
        for bill in _bought(term, member_id=member_id):
            before, stamps = stamps // term.card.needed, stamps + bill.pieces
            full += [Filled(card=term.card, bill=bill)] * (stamps // term.card.needed - before)
    return stamps, full


def _bought(term: Term, *, member_id: UUID) -> list[Bought]:
    return bought.pieces(
        member_id=member_id,
        categories=term.card.categories,
        skus=term.card.skus,
        begins=term.begins,
        ends=term.ends,
    )


def progress(*, member_id: UUID, at: datetime) -> list[Progress]:
    """How full the member's cards are: those that collect stamps now, by name."""
    found = []
    for terms in all_terms().values():
        card = in_force(terms, at=at)
        if card is None:
            continue
        stamps, full = filled(terms, member_id=member_id)
        found.append(Progress(card=card, stamps=stamps % card.needed, needed=card.needed, filled=len(full)))
    return sorted(found, key=lambda one: one.card.name_vi)
