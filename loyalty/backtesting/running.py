"""A back-test from beginning to end: bills are judged month by month, limits follow, and the sums are taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from loyalty import policies
from loyalty.backtesting import judging, limiting
from loyalty.backtesting.judging import Era, Item
from loyalty.backtesting.limiting import CameBack, Judged
from loyalty.models import RuleVersion
from loyalty.rules import book
from loyalty.till import local_zone

FETCHED = 5_000
EXTREMES = 10
TABLE = """
CREATE {kind} TABLE {table} (
  id uuid, member_id uuid, day date, recorded_at timestamptz, happened bigint, base bigint, tier bigint, given bigint[],
  cap_per_bill int, cap_per_day int, points bigint
)
"""
# of a run in one go
ALONE = "backtest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one rule would have given."""

    key: str
    points: int
    bills: int
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A member who would have earned more, or less."""

    member_id: UUID
    happened: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Points over the days: what the sales earned, and what they would have. `changed`: how many bills differ."""

    first: date
    last: date
    bills: int
    members: int
    amount: int
    happened: int
    points: int
    base: int
    tier: int
    changed: int
    parts: tuple[Part, ...] = ()
    months: tuple[tuple[date, int, int], ...] = ()
    winners: tuple[Difference, ...] = ()
    losers: tuple[Difference, ...] = ()
    spread: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What one rule would have touched, before limits of members and budgets; `amount` in minor units."""

    bills: int
    of_bills: int
    members: int
    points: int
    all_points: int
    amount: int


@transaction.atomic
def run(items: Sequence[Item], *, first: date, last: date) -> Result:
    """Judge every bill of these business dates by the items, as if they had been the rules.

    Writes nothing that stays. Base rule, tiers and caps are those of each bill's own moment.
    """
    begin(ALONE, kind="TEMP")
    judge(ALONE, items, first=first, last=last)
    return finish(ALONE, items, first=first, last=last)


def begin(table: str, *, kind: str) -> None:
    """Make the table that a run fills: TEMP in one transaction, UNLOGGED over several."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(TABLE.format(kind=kind, table=table))


def judge(table: str, items: Sequence[Item], *, first: date, last: date) -> None:
    """Put the bills of these business dates into the table, before limits of more than one bill."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        for era in eras_of(first, last):
            text, values = judging.judged(items, era=era, first=first, last=last)
            caps = [era.terms.earning.cap_per_bill, era.terms.earning.cap_per_day]
            cursor.execute(f"INSERT INTO {table} SELECT judged.*, %s, %s FROM ({text}) judged", [*caps, *values])


def finish(table: str, items: Sequence[Item], *, first: date, last: date) -> Result:
    """Decide what limits let through, take the sums, and drop the table."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")
        cursor.execute(f"SELECT count(cap_per_day) > 0 FROM {table}")
        by_day = cursor.fetchone()[0]
        places = list(range(len(items))) if by_day else limiting.limited(items)
        if places:
            _limit(table, items, places, by_day=by_day)
        cursor.execute(
            f"UPDATE {table} SET points = least(base + tier + (SELECT coalesce(sum(g), 0) FROM unnest(given) g),"
            " cap_per_bill) WHERE points IS NULL"
        )
        result = _result(table, items, first=first, last=last)
        cursor.execute(f"DROP TABLE {table}")
    return result


def touch(item: Item, *, first: date, last: date) -> Reach:
    """How many bills and members of these business dates a rule would have given something."""
    sums = [0, 0, 0, 0, 0]
    members: set[UUID] = set()
    for era in eras_of(first, last):
        text, values = judging.judged([item], era=era, first=first, last=last)
        with connection.cursor() as cursor:
            cursor.execute(REACH.format(judged=text), values)
            *told, people = cursor.fetchone()
        sums = [one + int(more) for one, more in zip(sums, told, strict=True)]
        members.update(people or ())
    of_bills, bills, points, all_points, amount = sums
    return Reach(
        bills=bills, of_bills=of_bills, members=len(members), points=points, all_points=all_points, amount=amount
    )


REACH = """
SELECT count(*), count(*) FILTER (WHERE g > 0), coalesce(sum(g), 0),
       coalesce(sum(b + t + g) FILTER (WHERE g > 0), 0),
       coalesce(sum((SELECT p.base FROM loyalty_purchase p WHERE p.id = j.id)) FILTER (WHERE g > 0), 0),
       array_agg(DISTINCT m) FILTER (WHERE g > 0)
  FROM (SELECT id, member_id AS m, base AS b, tier AS t, wanted[1] AS g FROM ({judged})
          AS judged(id, member_id, day, recorded_at, happened, base, tier, wanted)) j
"""


def eras_of(first: date, last: date) -> Iterator[Era]:
    """The spans of these business dates, and a little around them, in which policies stand still."""
    zone = local_zone()
    policies.at(datetime.combine(last, time.min, tzinfo=zone))
    begins = datetime.combine(first - timedelta(days=3), time.min, tzinfo=zone)
    ends = datetime.combine(last + timedelta(days=3), time.min, tzinfo=zone)
    turns = [moment for moment in policies.turns() if begins < moment < ends]
    for one, other in zip([None, *turns], [*turns, None], strict=True):
        yield Era(begins=one, ends=other, terms=policies.at(one or begins))


def live() -> list[Item]:
    """The rules as they were and are, each while it was in force."""
    return [Item(standing, always=False) for standing in policies.standing()]


def drafted(version: RuleVersion) -> Item:
    """A version as if it had always been in force. Raises ConditionUnreadable, EffectUnreadable."""
    return Item(book.standing_of(version, spans=()))


def _limit(table: str, items: Sequence[Item], places: Sequence[int], *, by_day: bool) -> None:
    """Decide in the order of the books what limits let through; only bills that they touch are looked at and written.

    `places`: of the limited items. `by_day`: the programme's cap of a day makes every bill hang on those before it.
    """
    decided: list[tuple[UUID, Sequence[int], int | None]] = []
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE backtest_limited (id uuid, given bigint[], points bigint)")
        chosen = [items[place] for place in places]
        for bill, given, points in limiting.fold(chosen, _events(table, places, by_day=by_day)):
            if by_day or list(given) != list(bill.wanted):
                decided.append((bill.id, given, points if by_day else None))
            if len(decided) == FETCHED:
                _keep(cursor, decided)
                decided = []
        _keep(cursor, decided)
        numbers = [place + 1 for place in places]
        cursor.execute(
            f"UPDATE {table} b SET points = l.points, given = ("
            "  SELECT array_agg(coalesce(l.given[array_position(%s, n::int)], g) ORDER BY n)"
            "    FROM unnest(b.given) WITH ORDINALITY AS u(g, n))"
            "  FROM backtest_limited l WHERE l.id = b.id",
            [numbers],
        )
        cursor.execute("DROP TABLE backtest_limited")


def _keep(cursor: Any, decided: Sequence[tuple[UUID, Sequence[int], int | None]]) -> None:
    cursor.execute(
        "INSERT INTO backtest_limited SELECT id, given::bigint[], points"
        " FROM unnest(%s::uuid[], %s::text[], %s::bigint[]) AS d(id, given, points)",
        [
            [str(id) for id, _given, _points in decided],
            ["{" + ",".join(map(str, given)) + "}" for _id, given, _points in decided],
            [points for _id, _given, points in decided],
        ],
    )


def _events(table: str, places: Sequence[int], *, by_day: bool) -> Iterator[Judged | CameBack]:
    """Bills and whole returns, as the books recorded them."""
    wanted = ", ".join(f"given[{place + 1}]" for place in places)
    touched = "true" if by_day else " OR ".join(f"given[{place + 1}] > 0" for place in places)
    with connection.cursor() as cursor:
        cursor.execute(
            "DECLARE bills NO SCROLL CURSOR FOR"
            f" SELECT id, member_id, day, recorded_at, base, tier, ARRAY[{wanted}], cap_per_bill, cap_per_day, false"
            f"  FROM {table} WHERE {touched} UNION ALL"
            " SELECT r.purchase_id, NULL, NULL, r.recorded_at, 0, 0, NULL, NULL, NULL, true FROM loyalty_return r"
            f"  JOIN {table} b ON b.id = r.purchase_id WHERE r.whole"
            " ORDER BY recorded_at, 10, id"
        )
        while True:
            cursor.execute(f"FETCH {FETCHED} FROM bills")
            rows = cursor.fetchall()
            for id, member, day, recorded, base, tier, of_items, per_bill, per_day, back in rows:
                if back:
                    yield CameBack(id, recorded)
                else:
                    yield Judged(id, member, day, recorded, base, tier, of_items, per_bill, per_day)
            if len(rows) < FETCHED:
                cursor.execute("CLOSE bills")
                return


def _result(table: str, items: Sequence[Item], *, first: date, last: date) -> Result:
    with connection.cursor() as cursor:
        cursor.execute(TOTALS.format(table=table))
        bills, members, happened, points, base, tier, changed, amount = cursor.fetchone()
        cursor.execute(PARTS.format(table=table))
        parts = {place: row for place, *row in cursor.fetchall()}
        cursor.execute(MONTHS.format(table=table))
        months = tuple((month, int(was), int(would)) for month, was, would in cursor.fetchall())
        extremes = {}
        for name, sign, way in (("winners", ">", "DESC"), ("losers", "<", "ASC")):
            cursor.execute(EXTREME.format(sign=sign, way=way, table=table), [EXTREMES])
            extremes[name] = tuple(
                Difference(member_id=UUID(str(member)), happened=int(was), points=int(would))
                for member, was, would in cursor.fetchall()
            )
        cursor.execute(SPREAD.format(table=table))
        spread = tuple((int(step), int(count)) for step, count in cursor.fetchall())
    return Result(
        first=first,
        last=last,
        bills=bills,
        members=members,
        amount=int(amount),
        happened=int(happened),
        points=int(points),
        base=int(base),
        tier=int(tier),
        changed=changed,
        parts=tuple(
            Part(key=item.standing.rule.key, **dict(zip(PART, map(int, parts.get(n, (0, 0, 0))), strict=True)))
            for n, item in enumerate(items, 1)
        ),
        months=months,
        spread=spread,
        **extremes,
    )


PART = ("points", "bills", "members")
TOTALS = """
SELECT count(*), count(DISTINCT b.member_id), coalesce(sum(b.happened), 0), coalesce(sum(b.points), 0),
       coalesce(sum(b.base), 0), coalesce(sum(b.tier), 0), count(*) FILTER (WHERE b.points <> b.happened),
       coalesce((SELECT sum(p.base) FROM loyalty_purchase p JOIN {table} USING (id)), 0)
  FROM {table} b
"""
PARTS = """
SELECT g.place, sum(g.points), count(*), count(DISTINCT b.member_id)
  FROM {table} b, unnest(b.given) WITH ORDINALITY AS g(points, place) WHERE g.points > 0 GROUP BY 1
"""
MONTHS = "SELECT date_trunc('month', day)::date, sum(happened), sum(points) FROM {table} GROUP BY 1 ORDER BY 1"
EXTREME = """
SELECT member_id, sum(happened), sum(points) FROM {table} GROUP BY 1 HAVING sum(points) {sign} sum(happened)
 ORDER BY sum(points) - sum(happened) {way}, member_id LIMIT %s
"""
# members by how much more or less they would have: steps of a factor of ten, below and above zero
SPREAD = """
SELECT sign(more) * CASE WHEN abs(more) = 0 THEN 0 WHEN abs(more) < 10 THEN 1 WHEN abs(more) < 100 THEN 2
                         WHEN abs(more) < 1000 THEN 3 ELSE 4 END AS step, count(*)
  FROM (SELECT sum(points) - sum(happened) AS more FROM {table} GROUP BY member_id) differences
 GROUP BY 1 ORDER BY 1
"""
