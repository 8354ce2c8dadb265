"""`rules.awarding` over a history: the same decision for many bills at once, as one SELECT.

Numbers are exact: every part is a whole numerator over 10,000 times the bill's earning base, as percentages of shares
of it are, and is rounded down once, cumulatively. What the limits of members and budgets let through is decided
afterwards, in the order of the books (`limiting`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from loyalty.conditions import history, tree
from loyalty.policies import Policies
from loyalty.rules.awarding import Mode
from loyalty.rules.base import Basis
from loyalty.rules.book import Standing
from loyalty.rules.effects import Effect, Fixed, PerAmount, Percent, PerUnit, Scope

Bound = list[Any]
Said = tuple[str, Bound]


@dataclass(frozen=True, slots=True)
class Item:
    """A rule of the set. `always`: over all of the history; else while it was in force, over bills that saw rules."""

    standing: Standing
    always: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Era:
    """A span of moments [begins, ends) in which nothing about policies changes; None: without an end."""

    begins: datetime | None
    ends: datetime | None
    terms: Policies


def judged(items: Sequence[Item], *, era: Era, first: date, last: date) -> Said:
    """A SELECT of (id, member_id, day, recorded_at, happened, base, tier, wanted bigint[]) of members' bills.

    `wanted`: by item, in their order, after groups and the most for one bill; 0 where a rule gives nothing. `happened`:
    what the sale earned. The bills: posted, of these business dates, sold within the era.
    """
    order = sorted(range(len(items)), key=lambda n: (items[n].standing.rule.order, items[n].standing.rule.key, n))
    lines, line_values = _lines([items[n] for n in order], basis=era.terms.basis)
    asked = frozenset(name for item in items for name in tree.fields(item.standing.rule.condition))
    facts, fact_values = _facts(asked, era, first=first, last=last)
    nums = [_numerator(place, items[n], era) for place, n in enumerate(order)]
    chosen = [_chosen(place, [items[n].standing for n in order]) for place in range(len(order))]
    columns = "".join(f", {text} AS n{place}" for place, (text, _values) in enumerate(nums))
    picked = "".join(f", CASE WHEN {text} THEN n{place} ELSE 0 END AS c{place}" for place, text in enumerate(chosen))
    wholes = []
    for place, n in enumerate(order):
        before = "".join(f" + c{earlier}" for earlier in range(place))
        whole = f"div(base_part{before} + c{place}, whole) - div(base_part{before}, whole)"
        most = items[n].standing.rule.per_bill
        wholes.append(f"least({whole}, {most})" if most is not None else whole)
    at_places = [wholes[order.index(n)] for n in range(len(items))]
    rule = era.terms.earning
    bounds, bound_values = _within(era)
    text = f"""
SELECT id, member_id, day, recorded_at, happened, points, points * percent / 100,
       ARRAY[{", ".join(at_places)}]::bigint[]
  FROM (SELECT judged.*{picked} FROM (
    SELECT f.id, p.member_id, f.at::date AS day, p.recorded_at, p.earned AS happened, e.points, t.percent,
           (e.points * (100 + t.percent) * 100)::numeric * e.unit AS base_part, 10000::numeric * e.unit AS whole
           {columns}
      FROM ({facts}) f JOIN loyalty_purchase p ON p.id = f.id
      LEFT JOIN ({lines}) l ON l.purchase_id = f.id
      CROSS JOIN LATERAL (SELECT coalesce(l.amount, 0) AS amount, greatest(coalesce(l.amount, 0), 1) AS unit,
                                 {_base(rule.points, rule.per_amount)} AS points) e
      CROSS JOIN LATERAL (SELECT {_percent(era.terms)} AS percent) t
     WHERE p.member_id IS NOT NULL AND p.status = 'posted' AND {bounds}
       AND NOT coalesce(p.reasons->'refused' @> '[{{"reason": "own_bill"}}]', false) OFFSET 0) judged OFFSET 0) chosen
"""
    values = [value for _text, said in nums for value in said]
    return text, [*values, *fact_values, *line_values, *bound_values]


def _facts(asked: frozenset[str], era: Era, *, first: date, last: date) -> Said:
    """The facts of the bills; what a till saw and kept with the bill goes before what the books say today."""
    facts, values = history.facts_sql(asked, first=first, last=last, calendar=era.terms.calendar)
    return (SEEN.format(facts=facts), values) if asked & OF_THE_MEMBER else (facts, values)


OF_THE_MEMBER = {"tag", "gender", "birthday_month", "visit", "silent_days", "named_day"}


SEEN = """
SELECT h.id, h.amount, h.base, h.store, h.channel, h.at, h.lunar_month, h.lines, h.categories, h.skus, h.methods,
       h.joined_on, h.tier,
       CASE WHEN asked ? 'days' THEN ARRAY(SELECT jsonb_array_elements_text(seen->'days')) ELSE h.days END AS days,
       CASE WHEN asked ? 'tags' THEN ARRAY(SELECT jsonb_array_elements_text(member->'tags')) ELSE h.tags END AS tags,
       CASE WHEN asked ? 'profile' THEN coalesce(member->>'gender', '') ELSE h.gender END AS gender,
       CASE WHEN asked ? 'profile' THEN member->'birth'->>0 ELSE h.birth_calendar END AS birth_calendar,
       CASE WHEN asked ? 'profile' THEN (member->'birth'->>1)::int ELSE h.birth_month END AS birth_month,
       CASE WHEN asked ? 'visits' THEN coalesce((member->>'before')::int, 0) ELSE h.bills_before END AS bills_before,
       CASE WHEN asked ? 'visits' THEN (member->>'last')::date ELSE h.last_bill_on END AS last_bill_on
  FROM ({facts}) h JOIN loyalty_purchase kept ON kept.id = h.id
 CROSS JOIN LATERAL (SELECT coalesce(kept.reasons->'seen', '{{}}') AS seen) s
 CROSS JOIN LATERAL (SELECT coalesce(seen->'asked', '[]') AS asked, seen->'member' AS member) a
"""


def _base(points: int, per_amount: int) -> str:
    """An imported bill earned on all of its base, whatever the basis of later bills."""
    amount = "CASE WHEN p.import_id IS NULL THEN coalesce(l.amount, 0) ELSE p.base END"
    return f"{amount} / {per_amount} * {points}"


def _percent(terms: Policies) -> str:
    """What the bill's tier earned on top; a bill that saw nothing of it earned nothing on top."""
    earning = {tier: percent for tier, percent in terms.ladder.earn_percents.items() if percent}
    if not earning:
        return "0"
    cases = " ".join(f"WHEN {tier} THEN {percent}" for tier, percent in sorted(earning.items()))
    return f"CASE WHEN p.reasons ? 'seen' THEN CASE p.tier_id {cases} ELSE 0 END ELSE 0 END"


def _within(era: Era) -> Said:
    said, values = ["true"], []
    if era.begins is not None:
        said.append("p.occurred_at >= %s")
        values.append(era.begins)
    if era.ends is not None:
        said.append("p.occurred_at < %s")
        values.append(era.ends)
    return " AND ".join(said), values


def _lines(items: Sequence[Item], *, basis: Basis) -> Said:
    """Of each bill: its earning base, and of each item's scope the amount, the quantity and whether there is any."""
    amount = "greatest(0, line.gross" if basis.with_tax else "greatest(0, line.goods"
    amount += "" if basis.vouchers_earn else " - line.voucher_discount"
    amount += "" if basis.points_earn else " - line.points_discount"
    amount += ")"
    columns, values = [f"sum({amount})::bigint AS amount"], []
    for place, item in enumerate(items):
        inside, bound = _inside(item.standing.rule.effect.scope)
        what = _measured(item.standing.rule.effect, amount)
        columns.append(f"{what} FILTER (WHERE {inside}) AS s{place}")
        values += bound
    earns, excluded = "line.earns", []
    for column, names in (("category", basis.excluded_categories), ("sku", basis.excluded_skus)):
        if names:
            earns += f" AND line.{column} <> ALL(%s)"
            excluded.append(sorted(names))
    text = f"SELECT line.purchase_id, {', '.join(columns)} FROM loyalty_purchaseline line WHERE {earns} GROUP BY 1"
    return text, [*values, *excluded]


def _inside(scope: Scope) -> Said:
    if not scope.categories and not scope.skus:
        return "true", []
    return "line.category = ANY(%s) OR line.sku = ANY(%s)", [sorted(scope.categories), sorted(scope.skus)]


def _measured(effect: Effect, amount: str) -> str:
    match effect:
        case PerUnit():
            return "sum(line.quantity)"
        case Fixed():
            return "count(*)"
    return f"sum({amount})"


def _numerator(place: int, item: Item, era: Era) -> Said:
    """What the rule wants of a bill, over `whole`; 0 where it is not in force or does not hold."""
    standing = item.standing
    if not item.always and not (era.begins is None or standing.runs(era.begins)):
        return "0::numeric", []
    condition, values = standing.rule.condition.sql()
    if not item.always:
        condition = f"p.reasons ? 'seen' AND {condition}"
    scope = f"coalesce(l.s{place}, 0)"
    match standing.rule.effect:
        case Percent(percent=percent):
            wants = f"e.points::numeric * {scope} * {percent}"
        case PerAmount(points=points, per_amount=per_amount):
            wants = f"div({scope}, {per_amount}) * {points} * 100 * e.unit"
        case Fixed(points=points):
            wants = f"CASE WHEN {scope} > 0 THEN {points} ELSE 0 END * 100::numeric * e.unit"
        case PerUnit(points=points):
            wants = f"trunc({scope}) * {points} * 100 * e.unit"
    return f"CASE WHEN {condition} THEN ({wants}) * (100 + t.percent) ELSE 0 END", values


def _chosen(place: int, standing: Sequence[Standing]) -> str:
    """Whether the rule at a place gives, seeing what the others want: `rules.awarding` says the same in steps."""
    rule = standing[place].rule
    alone = [n for n, one in enumerate(standing) if one.rule.mode is Mode.EXCLUSIVE]
    if rule.mode is Mode.EXCLUSIVE:
        before = "".join(f" AND n{n} = 0" for n in alone if n < place)
        return f"n{place} > 0{before}"
    nobody = "".join(f" AND n{n} = 0" for n in alone)
    if rule.mode is Mode.STACK:
        return f"n{place} > 0{nobody}"
    peers = [n for n, one in enumerate(standing) if one.rule.group == rule.group and one.rule.mode in CHOOSING]
    beaten = [
        f"({_eligible(n, peers, standing)} AND n{n} {'>=' if n < place else '>'} n{place})" for n in peers if n != place
    ]
    unbeaten = f" AND NOT ({' OR '.join(beaten)})" if beaten else ""
    return f"{_eligible(place, peers, standing)}{nobody}{unbeaten}"


CHOOSING = {Mode.BEST, Mode.FIRST}


def _eligible(place: int, peers: Sequence[int], standing: Sequence[Standing]) -> str:
    """One that only counts where it stands first has nobody before it who gives."""
    if standing[place].rule.mode is Mode.BEST:
        return f"n{place} > 0"
    return f"n{place} > 0" + "".join(f" AND n{n} = 0" for n in peers if n < place)
