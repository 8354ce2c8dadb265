"""A member as the doors show one: who it is, the points and the tier, read together in one call."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from loyalty import policies
from loyalty.queries import Balance, TierStanding
from loyalty.till import last_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who, and where they stand."""

    member_id: UUID
    name: str
    call_name: str
    phone: str | None
    card: str | None
    birth_day: int | None
    birth_month: int | None
    birth_calendar: str
    balance: Balance
    tier: TierStanding
    spending_locked: bool


def of(kind: str, value: str | UUID, *, practice: bool, at: datetime) -> Standing | None:
    """The active member an `id`, `phone` (E.164) or `card` names now; None where there is none."""
    window = policies.last_known(at).ladder.window
    asked: list[Any] = [kind, str(value), practice, at, window]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM loyalty_standing(%s, %s, %s, %s, %s)", asked)
        row = cursor.fetchone()
    return _standing(row, at=at) if row else None


def _standing(row: tuple[Any, ...], *, at: datetime) -> Standing:
    (member_id, name, call_name, phone, card, birth_day, birth_month, calendar, *rest) = row
    (available, pending, held, debt, next_points, next_at, tier_id, since, spend, locked, version) = rest
    terms = policies.at(at, version=version)
    tier = terms.tiers[tier_id] if tier_id else terms.first_tier
    above = [(need, step) for need, step in terms.ladder.steps if step.rank > tier.rank]
    return Standing(
        member_id=member_id,
        name=name,
        call_name=call_name,
        phone=phone,
        card=card,
        birth_day=birth_day,
        birth_month=birth_month,
        birth_calendar=calendar,
        balance=Balance(
            available=available,
            pending=pending,
            held=held,
            debt=debt,
            next_expiry_points=next_points,
            next_expiry_on=last_day(next_at) if next_at else None,
            tier_id=tier_id,
        ),
        tier=TierStanding(
            tier=tier,
            since=since,
            window_spend=spend,
            next_tier=above[0][1] if above else None,
            next_missing=max(0, above[0][0] - spend) if above else 0,
            window_days=terms.ladder.window.days,
        ),
        spending_locked=locked,
    )
