"""A member as the doors show one: who it is, the points and the tier, read together in one query."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from loyalty import policies
from loyalty.queries import Balance, TierStanding
from loyalty.till import local_zone


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


_SHOWN = """
SELECT m.id, m.name, m.call_name,
       (SELECT value FROM members_identifier WHERE member_id = m.id AND kind = 'phone' AND until_at IS NULL
         ORDER BY from_at DESC LIMIT 1),
       (SELECT value FROM members_identifier WHERE member_id = m.id AND kind = 'card' AND until_at IS NULL
         ORDER BY from_at DESC LIMIT 1),
       m.birth_day, m.birth_month, m.birth_calendar,
       b.available, b.pending, b.held, b.debt, b.next_expiry_points, b.next_expiry_at, b.tier_id,
       t.since, t.tier_id, ledger_spend(m.id, %(at)s - %(window)s, %(at)s),
       (SELECT policies_version FROM loyalty_programme)
  FROM members_member m
 CROSS JOIN LATERAL loyalty_balance(m.id, %(at)s) b
  LEFT JOIN LATERAL (SELECT since, tier_id FROM loyalty_tierbeginning WHERE member_id = m.id
                      ORDER BY since DESC, id DESC LIMIT 1) t ON true
"""
_BY_ID = _SHOWN + " WHERE m.id = %(value)s AND m.practice = %(practice)s AND m.status = 'active'"
_BY_IDENTIFIER = (
    _SHOWN
    + """ WHERE m.id = (SELECT member_id FROM members_identifier WHERE kind = %(kind)s AND value = %(value)s
                         AND practice = %(practice)s AND until_at IS NULL AND kind <> 'email')
            AND m.status = 'active'"""
)


def of(kind: str, value: str | UUID, *, practice: bool, at: datetime) -> Standing | None:
    """The active member an `id`, `phone` (E.164) or `card` names now; None where there is none."""
    window = policies.last_known(at).ladder.window
    asked: dict[str, Any] = {"kind": kind, "value": value, "practice": practice, "at": at, "window": window}
    with connection.cursor() as cursor:
        cursor.execute(_BY_ID if kind == "id" else _BY_IDENTIFIER, asked)
        row = cursor.fetchone()
    return _standing(row, at=at) if row else None


def _standing(row: tuple[Any, ...], *, at: datetime) -> Standing:
    (member_id, name, call_name, phone, card, birth_day, birth_month, calendar, *rest) = row
    (available, pending, held, debt, next_points, next_at, tier_id, since, since_tier, spend, version) = rest
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
            # a lot ends at a local midnight: the day before is the last one
            next_expiry_on=(next_at.astimezone(local_zone()) - timedelta(seconds=1)).date() if next_at else None,
            tier_id=tier_id,
        ),
        tier=TierStanding(
            tier=tier,
            since=since if since_tier == tier.id else None,
            window_spend=spend,
            next_tier=above[0][1] if above else None,
            next_missing=max(0, above[0][0] - spend) if above else 0,
            window_days=terms.ladder.window.days,
        ),
    )
