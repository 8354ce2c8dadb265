"""Figures and audiences counted from bills by plain SQL, to hold against what the nights wrote."""

from datetime import date
from typing import Any

from django.db import connection

# Bills of a day or before it that had not wholly come back by its end.
KEPT = """
    kept AS (
        SELECT bill.* FROM loyalty_purchase AS bill
        WHERE bill.business_date <= %(day)s AND NOT EXISTS (
            SELECT FROM loyalty_return AS back
            WHERE back.purchase_id = bill.id AND back.whole AND back.business_date <= %(day)s
        )
    )
"""
CUSTOMERS = f"""
    WITH {KEPT} SELECT DISTINCT member_id FROM kept WHERE member_id IS NOT NULL AND business_date > %(day)s - %(window)s
"""
BOUGHT_BEFORE = (
    f"WITH {KEPT} SELECT DISTINCT member_id FROM kept WHERE member_id IS NOT NULL AND business_date <= %(start)s"
)
# The whole bill counts as taken in on its day, what came back as paid out on the day it came back.
REVENUE = f"""
    WITH {KEPT}, first AS (
        SELECT member_id, min(business_date) AS on_day FROM kept GROUP BY member_id
    ), moved AS (
        SELECT member_id, due AS amount FROM loyalty_purchase WHERE business_date BETWEEN %(month)s AND %(day)s
        UNION ALL
        SELECT bill.member_id, -back.due FROM loyalty_return AS back
        JOIN loyalty_purchase AS bill ON bill.id = back.purchase_id
        WHERE back.business_date BETWEEN %(month)s AND %(day)s
    )
    SELECT coalesce(sum(amount) FILTER (WHERE moved.member_id IS NOT NULL AND on_day >= %(month)s), 0),
           coalesce(sum(amount) FILTER (WHERE moved.member_id IS NOT NULL AND (on_day >= %(month)s) IS NOT TRUE), 0),
           coalesce(sum(amount) FILTER (WHERE moved.member_id IS NULL), 0)
    FROM moved LEFT JOIN first ON first.member_id = moved.member_id
"""
NEW_MEMBERS = f"""
    WITH {KEPT} SELECT count(*) FROM (
        SELECT FROM kept WHERE member_id IS NOT NULL GROUP BY member_id HAVING min(business_date) >= %(month)s
    ) AS new
"""
# The last kept bill of everybody who has been silent since one of these days.
SILENT = f"""
    WITH {KEPT}, last AS (
        SELECT DISTINCT ON (member_id) member_id, id, business_date FROM kept
        WHERE member_id IS NOT NULL ORDER BY member_id, occurred_at DESC, id DESC
    )
    SELECT member_id, id FROM last WHERE business_date BETWEEN %(longest)s AND %(latest)s
"""


def ask(sql: str, **known: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, known)
        return cursor.fetchall()


def customers(day: date, *, window: int) -> set[Any]:
    return {member for (member,) in ask(CUSTOMERS, day=day, window=window)}


def bought_before(day: date, *, start: date) -> set[Any]:
    return {member for (member,) in ask(BOUGHT_BEFORE, day=day, start=start)}


def revenue(day: date) -> tuple[int, int, int]:
    """New members', other members' and guests' revenue of the month so far."""
    [found] = ask(REVENUE, day=day, month=day.replace(day=1))
    return tuple(map(int, found))  # type: ignore[return-value]


def new_members(day: date) -> int:
    [(count,)] = ask(NEW_MEMBERS, day=day, month=day.replace(day=1))
    return count


def silent(day: date, *, longest: date, latest: date) -> set[tuple[Any, Any]]:
    """(member, last purchase)"""
    return {(member, bill) for member, bill in ask(SILENT, day=day, longest=longest, latest=latest)}
