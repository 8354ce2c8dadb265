"""What bills, returns and moves of bills change, taken from the books by one formula: to absorb a few, to rebuild
all, to audit. A bill counts for whom it was sold to, a return for whose the bill was then; a move takes both along."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

SQL = Path(__file__).parent / "sql"
ALL = "true"
TOUCHED = """
SELECT
    ARRAY(SELECT member_id::text FROM state ORDER BY 1), ARRAY(SELECT DISTINCT month FROM day),
    (SELECT max(business_date) FROM move)
"""


@cache
def text(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def moves(*, bills: str = "", returns: str = "", passed: str = "") -> str:
    """The CTEs that end with `move`, one row per change of the bills, returns and moves of bills that the conditions
    choose.

    They choose from `analytics_bill b`, `loyalty_return r` and `loyalty_billmove m`. What is not asked for is not
    planned: planning takes longer than the rest of absorbing a single bill.
    """
    parts = {}
    if bills:
        parts["sold_move"] = text("sold.sql").format(bills=bills)
    if returns:
        parts["back_move"] = text("back.sql").format(returns=returns)
    if passed:
        parts["passed_move"] = text("passed.sql").format(passed=passed)
    union = " UNION ALL ".join(f"SELECT * FROM {name}" for name in parts)
    return f"{', '.join(parts.values())}, move AS ({union})\n"


def everything() -> str:
    """The CTEs of all that there is in the books."""
    return moves(bills=ALL, returns=ALL, passed=ALL)


def add(
    *, bills: str = "", returns: str = "", passed: str = "", values: Mapping[str, Any], on: date | None = None
) -> None:
    """Add what the chosen bills, returns and moves change to days, months and states. In the caller's transaction,
    once. `on`: the date on which it became known, where it is not the last that it is about."""
    with connection.cursor() as cursor:
        chosen = moves(bills=bills, returns=returns, passed=passed)
        cursor.execute(f"WITH {chosen}{text('add.sql')}{TOUCHED}", values)
        members, months, last = cursor.fetchone()
    if members:
        chosen = "SELECT unnest(%(members)s::uuid[]) AS member_id"
        months = {*months, *find_firsts_and_lasts(members=chosen, values={"members": members})}
    if months:
        ask_for_another_count(months=sorted(months), on=on or last)


def find_firsts_and_lasts(*, members: str, values: Mapping[str, Any]) -> set[date]:
    """Look the first and the last kept bill of `members` (a SELECT of member_id) up; answers the months that shifted.

    It comes after the states were locked, by a statement of its own, and so sees all that anybody before has seen.
    """
    with connection.cursor() as cursor:
        cursor.execute(text("firsts_and_lasts.sql").format(members=members), values)
        return {month for (month,) in cursor.fetchall()}


def ask_for_another_count(*, months: Sequence[date], on: date) -> None:
    """Months whose revenue something dated `on` changed; one that knows of that or a later day is not locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO analytics_revenuemonth (month)
            SELECT month FROM unnest(%(months)s::date[]) AS month
            WHERE NOT EXISTS (SELECT FROM analytics_revenuemonth r WHERE r.month = month.month)
            ORDER BY month
            ON CONFLICT (month) DO NOTHING;
            UPDATE analytics_revenuemonth r SET changed_on = %(on)s
            FROM (
                SELECT month FROM analytics_revenuemonth
                WHERE month = ANY (%(months)s::date[]) AND (changed_on IS NULL OR changed_on < %(on)s)
                ORDER BY month FOR NO KEY UPDATE
            ) unaware
            WHERE r.month = unaware.month
            """,
            {"months": list(months), "on": on},
        )
