"""What was seen of a bill when it was judged, apart from its lines.

It is kept with the bill, so that what is kept after a return is judged as the bill was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from loyalty import splitting
from loyalty.conditions.facts import Facts, MemberFacts
from loyalty.records import LineRecord
from loyalty.rules.awarding import Room
from loyalty.rules.base import Basis
from loyalty.rules.effects import EarningLine
from loyalty.till import local_zone

# line → what came back of it: quantity, amount (minor units)
Gone = Mapping[int, tuple[Decimal, int]]
NOTHING_GONE = (Decimal(0), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """`member`: as they stood then, as far as rules `asked` (tags, profile, visits); `days`: the named ones.

    `room`: by rule version, where limited. `left_today`: of the cap of a day.
    """

    member: MemberFacts | None = None
    tier_percent: int = 0
    days: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    room: Mapping[int, Room] = field(default_factory=dict)
    left_today: int | None = None

    def told(self) -> dict[str, Any]:
        """As it is kept: what is not there is left out."""
        said = {
            "member": _member_told(self.member) if self.member else None,
            "tier_percent": self.tier_percent,
            "days": sorted(self.days),
            "asked": sorted(self.asked),
            "room": {str(rule): [room.points, room.limit] for rule, room in self.room.items()},
        }
        kept = {name: value for name, value in said.items() if value}
        return kept if self.left_today is None else {**kept, "left_today": self.left_today}


def read(told: Mapping[str, Any]) -> Seen:
    """What `Seen.told` kept."""
    member = told.get("member")
    return Seen(
        member=_member(member) if member else None,
        tier_percent=told.get("tier_percent", 0),
        days=frozenset(told.get("days", ())),
        asked=frozenset(told.get("asked", ())),
        room={int(rule): Room(*room) for rule, room in told.get("room", {}).items()},
        left_today=told.get("left_today"),
    )


def _member_told(member: MemberFacts) -> dict[str, Any]:
    said = {
        "tier": member.tier,
        "tags": sorted(member.tags),
        "gender": member.gender,
        "birth": [member.birth_calendar, member.birth_month] if member.birth_month else None,
        "joined": str(member.joined_on),
        "before": member.bills_before,
        "last": str(member.last_bill_on) if member.last_bill_on else None,
    }
    return {name: value for name, value in said.items() if value}


def _member(told: Mapping[str, Any]) -> MemberFacts:
    calendar, month = told.get("birth", ("solar", None))
    return MemberFacts(
        tier=told.get("tier", ""),
        tags=frozenset(told.get("tags", ())),
        gender=told.get("gender", ""),
        birth_calendar=calendar,
        birth_month=month,
        joined_on=date.fromisoformat(told["joined"]),
        bills_before=told.get("before", 0),
        last_bill_on=date.fromisoformat(told["last"]) if "last" in told else None,
    )


def earning_lines(lines: Iterable[LineRecord], *, basis: Basis, gone: Gone | None = None) -> list[EarningLine]:
    """The lines that earn, less what came back."""
    found = []
    for line in lines:
        if not basis.earns(line):
            continue
        back = (gone or {}).get(line.line, NOTHING_GONE)
        earning = basis.amount(line)
        found.append(
            EarningLine(
                sku=line.sku,
                category=line.category,
                quantity=line.quantity - back[0],
                amount=earning - went(earning, line, back),
            )
        )
    return [line for line in found if line.amount > 0 or line.quantity > 0]


def went(share: int, line: LineRecord, back: tuple[Decimal, int]) -> int:
    """How much of a line's share came back with it; a free line's only when all of its quantity has."""
    quantity, amount = back
    if line.amount == 0:
        return share if quantity >= line.quantity else 0
    return splitting.given_up(share, amount, line.amount)


def facts(
    *,
    lines: Iterable[LineRecord],
    seen: Seen,
    total: int,
    store: str,
    channel: str,
    occurred_at: datetime,
    methods: frozenset[str] = frozenset(),
    lunar_month: int | None = None,
    gone: Gone | None = None,
) -> Facts:
    """The bill as conditions see it: what is kept of its lines, and the rest as it was."""
    at = occurred_at.astimezone(local_zone())
    goods: dict[str, int] = {}
    quantities: dict[str, Decimal] = {}
    base, left, kept = 0, total, 0
    for line in lines:
        back = (gone or {}).get(line.line, NOTHING_GONE)
        left -= went(line.gross, line, back)
        if back[0] >= line.quantity and back[1] >= line.amount:
            continue
        kept += 1
        goods[line.category] = goods.get(line.category, 0) + line.goods - went(line.goods, line, back)
        quantities[line.sku] = quantities.get(line.sku, Decimal(0)) + line.quantity - back[0]
        base += line.base - went(line.base, line, back)
    return Facts(
        amount=left,
        base=base,
        store=store,
        channel=channel,
        on=at.date(),
        time=at.time(),
        lunar_month=lunar_month,
        days=seen.days,
        methods=methods,
        goods=goods,
        quantities=quantities,
        lines=kept,
        member=seen.member,
    )
