"""The facts of bills that were made, set by set: what `Facts` says of one bill, as a row of each of many."""

import json
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import lunar_vn
from django.db import connection

from loyalty.conditions import tree
from loyalty.conditions.tree import Condition
from loyalty.till import local_zone
from members.named_days import FIRST_YEAR, LAST_YEAR, Calendar

# Of every field, what its expression reads; a column that nobody asks for is left empty and costs nothing.
LINES = {"lines", "category", "sku"}
VISITS = {"visit", "silent_days"}
FACTS = """
SELECT p.id, p.total AS amount, p.base, s.code AS store, p.channel, p.at, c.days, c.lunar_month,
       {lines}, {methods}, t.code AS tier, m.gender, m.birth_calendar, m.birth_month,
       (m.joined_at AT TIME ZONE %(zone)s)::date AS joined_on, {tags}, {visits}
  FROM (SELECT p.*, p.occurred_at AT TIME ZONE %(zone)s AS at FROM loyalty_purchase p
         WHERE p.business_date BETWEEN %(first)s AND %(last)s
           AND NOT EXISTS (SELECT FROM loyalty_correction c WHERE c.purchase_id = p.id)) p
  JOIN loyalty_store s ON s.id = p.store_id
  LEFT JOIN (SELECT (d->>'day')::date AS day, (d->>'moon')::int AS lunar_month,
                    ARRAY(SELECT jsonb_array_elements_text(d->'keys')) AS days
               FROM jsonb_array_elements(%(calendar)s::jsonb) d) c ON c.day = p.at::date
  LEFT JOIN members_member m ON m.id = p.member_id
  LEFT JOIN loyalty_tier t ON t.id = p.tier_id AND p.member_id IS NOT NULL
  {joined}
OFFSET 0
"""
# each part: what it says where it is asked for, where it is not, and what it reads
PARTS = {
    "lines": (
        "coalesce(l.lines, 0) AS lines, l.categories, l.skus",
        "0::bigint AS lines, '{}'::text[] AS categories, '{}'::text[] AS skus",
        """LEFT JOIN (
         SELECT purchase_id, count(*) AS lines, array_agg(category) AS categories, array_agg(sku) AS skus
           FROM loyalty_purchaseline WHERE purchase_id IN (
             SELECT id FROM loyalty_purchase WHERE business_date BETWEEN %(first)s AND %(last)s)
          GROUP BY purchase_id) l ON l.purchase_id = p.id""",
    ),
    "methods": (
        "ARRAY(SELECT paid->>'method' FROM jsonb_array_elements(p.extras->'payments') paid) AS methods",
        "'{}'::text[] AS methods",
        "",
    ),
    "tags": (
        """CASE WHEN p.member_id = ANY (bearers) THEN
         ARRAY(SELECT g.key FROM members_tag g WHERE g.member_id = p.member_id AND g.from_at <= p.occurred_at
                  AND (g.until_at IS NULL OR g.until_at > p.occurred_at)) ELSE '{}' END AS tags""",
        "'{}'::text[] AS tags",
        "CROSS JOIN (SELECT ARRAY(SELECT DISTINCT member_id FROM members_tag) AS bearers) b",
    ),
    # the whole past counts, not only the days that are asked for
    "visits": (
        "v.bills_before, (v.last_at AT TIME ZONE %(zone)s)::date AS last_bill_on",
        "0::bigint AS bills_before, NULL::date AS last_bill_on",
        """LEFT JOIN (
         SELECT id, count(*) FILTER (WHERE kept) OVER earlier AS bills_before,
                max(occurred_at) FILTER (WHERE kept) OVER earlier AS last_at
           FROM (SELECT e.id, e.member_id, e.occurred_at, e.status = 'posted'
                        AND NOT EXISTS (SELECT FROM loyalty_return r WHERE r.purchase_id = e.id AND r.whole)
                        AND NOT EXISTS (SELECT FROM loyalty_billmove g WHERE g.purchase_id = e.id) AS kept
                   FROM loyalty_purchase e WHERE e.member_id IN (
                     SELECT member_id FROM loyalty_purchase WHERE business_date BETWEEN %(first)s AND %(last)s)) past
         WINDOW earlier AS (PARTITION BY member_id ORDER BY occurred_at, id
                            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) v ON v.id = p.id""",
    ),
}
# a bill keyed by a till that was offline lies this much beside its business date at most
BESIDE = timedelta(days=3)


def matching(conditions: Sequence[Condition], *, first: date, last: date, calendar: Calendar) -> dict[UUID, list[bool]]:
    """Which of the conditions each bill of these business dates meets, in one query."""
    said = [condition.sql() for condition in conditions]
    asked = frozenset(name for condition in conditions for name in tree.fields(condition))
    facts, given = facts_sql(asked, first=first, last=last, calendar=calendar)
    columns = ", ".join(f"({text})" for text, _bound in said)
    with connection.cursor() as cursor:
        bound = [value for _text, values in said for value in values]
        cursor.execute(f"SELECT f.id, ARRAY[{columns}] FROM ({facts}) f", [*bound, *given])
        return {UUID(str(bill)): list(met) for bill, met in cursor.fetchall()}


def facts_sql(asked: Collection[str], *, first: date, last: date, calendar: Calendar) -> tuple[str, list[Any]]:
    """A SELECT with a row of facts for every bill of these business dates, and what it binds, in order.

    `asked`: the fields that conditions ask about; what no field reads is left empty.
    """
    fields = set(asked)
    wanted = {
        "lines": bool(fields & LINES),
        "methods": "payment" in fields,
        "tags": "tag" in fields,
        "visits": bool(fields & VISITS),
    }
    said = {part: PARTS[part][0 if is_wanted else 1] for part, is_wanted in wanted.items()}
    joined = "\n  ".join(PARTS[part][2] for part, is_wanted in wanted.items() if is_wanted)
    days = _calendar(first - BESIDE, last + BESIDE, calendar) if fields & {"named_day", "birthday_month"} else []
    known = {"zone": local_zone().key, "first": first, "last": last, "calendar": json.dumps(days)}
    return _in_order(FACTS.format(**said, joined=joined), known)


def lunar_month(day: date) -> int | None:
    """The month of the moon's calendar; None in a leap month, which no birthday belongs to, and far from our time."""
    if not FIRST_YEAR < day.year <= LAST_YEAR:
        return None
    moon = lunar_vn.solar_to_lunar(day)
    return None if moon.leap else moon.month


def _calendar(first: date, last: date, calendar: Calendar) -> list[dict[str, Any]]:
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [{"day": str(day), "keys": sorted(calendar.on(day)), "moon": lunar_month(day)} for day in every]


def _in_order(text: str, known: dict[str, Any]) -> tuple[str, list[Any]]:
    """Names become places, so that conditions and facts can be bound in one list."""
    bound: list[Any] = []
    out, rest = "", text
    while "%(" in rest:
        before, rest = rest.split("%(", 1)
        name, rest = rest.split(")s", 1)
        out += before + "%s"
        bound.append(known[name])
    return out + rest, bound
