"""The facts of bills that were made, set by set: what `Facts` says of one bill, as a row of each of many."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import lunar_vn
from django.db import connection

from loyalty.conditions.tree import Condition
from loyalty.till import local_zone
from members.named_days import FIRST_YEAR, LAST_YEAR, Calendar

FACTS = """
SELECT p.id, p.total AS amount, p.base, s.code AS store, p.channel, p.at,
       c.days, c.lunar_month,
       (SELECT count(*) FROM loyalty_purchaseline l WHERE l.purchase_id = p.id) AS lines,
       ARRAY(SELECT l.category FROM loyalty_purchaseline l WHERE l.purchase_id = p.id) AS categories,
       ARRAY(SELECT l.sku FROM loyalty_purchaseline l WHERE l.purchase_id = p.id) AS skus,
       ARRAY(SELECT paid->>'method' FROM jsonb_array_elements(p.extras->'payments') paid) AS methods,
       t.code AS tier, m.gender, m.birth_calendar, m.birth_month,
       (m.joined_at AT TIME ZONE %(zone)s)::date AS joined_on,
       ARRAY(SELECT g.key FROM members_tag g WHERE g.member_id = p.member_id AND g.from_at <= p.occurred_at
                AND (g.until_at IS NULL OR g.until_at > p.occurred_at)) AS tags,
       CASE WHEN p.member_id IS NOT NULL THEN
         (SELECT count(*) FROM loyalty_purchase e WHERE e.member_id = p.member_id AND e.status = 'posted'
             AND (e.occurred_at, e.id) < (p.occurred_at, p.id)) END AS bills_before,
       (SELECT (max(e.occurred_at) AT TIME ZONE %(zone)s)::date FROM loyalty_purchase e
         WHERE e.member_id = p.member_id AND e.status = 'posted'
           AND (e.occurred_at, e.id) < (p.occurred_at, p.id)) AS last_bill_on
  FROM (SELECT p.*, p.occurred_at AT TIME ZONE %(zone)s AS at FROM loyalty_purchase p
         WHERE p.business_date BETWEEN %(first)s AND %(last)s) p
  JOIN loyalty_store s ON s.id = p.store_id
  LEFT JOIN (SELECT (d->>'day')::date AS day, (d->>'moon')::int AS lunar_month,
                    ARRAY(SELECT jsonb_array_elements_text(d->'keys')) AS days
               FROM jsonb_array_elements(%(calendar)s::jsonb) d) c ON c.day = p.at::date
  LEFT JOIN members_member m ON m.id = p.member_id
  LEFT JOIN loyalty_tier t ON t.id = p.tier_id AND p.member_id IS NOT NULL
"""
# a bill keyed by a till that was offline lies this much beside its business date at most
BESIDE = timedelta(days=3)


def matching(conditions: Sequence[Condition], *, first: date, last: date, calendar: Calendar) -> dict[UUID, list[bool]]:
    """Which of the conditions each bill of these business dates meets, in one query."""
    said = [condition.sql() for condition in conditions]
    facts, given = facts_sql(first=first, last=last, calendar=calendar)
    columns = ", ".join(f"({text})" for text, _bound in said)
    with connection.cursor() as cursor:
        bound = [value for _text, values in said for value in values]
        cursor.execute(f"SELECT f.id, ARRAY[{columns}] FROM ({facts}) f", [*bound, *given])
        return {UUID(str(bill)): list(met) for bill, met in cursor.fetchall()}


def facts_sql(*, first: date, last: date, calendar: Calendar) -> tuple[str, list[Any]]:
    """A SELECT with a row of facts for every bill of these business dates, and what it binds, in order."""
    known = {
        "zone": local_zone().key,
        "first": first,
        "last": last,
        "calendar": json.dumps(_calendar(first - BESIDE, last + BESIDE, calendar)),
    }
    return _in_order(FACTS, known)


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
