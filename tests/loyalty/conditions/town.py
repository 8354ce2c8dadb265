"""Bills of all sorts sold through the door, each with the facts that a person would tell of it."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from loyalty.bill import BillLine, Payment
from loyalty.conditions import history
from loyalty.conditions.facts import Facts, MemberFacts
from loyalty.models import Purchase, Tier
from members import named_days, tagging
from members.models import Member
from tests.factories.shop import Shop

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
CATEGORIES = ("trà", "cà phê", "bánh 'mì'", 'đồ "uống"', "")
SKUS = ("TS01", "CF-02", "%s", "{}", "bánh")
METHODS = ("cash", "card", "momo")
TAGS = ("vip", "sinh-vien", "bao-chi")
CHANNELS = ("till", "online")
BEGINS = datetime(2027, 12, 20, 9, 0, tzinfo=SAIGON)


@dataclass
class Town:
    """`facts` by bill, as told while they were sold."""

    shop: Shop
    facts: dict[UUID, Facts]


def live(*, bills: int, seed: int) -> Town:
    """Days around Tết and a 29 February, guests and members who joined at odd times, tags that come and go."""
    random = Random(seed)
    shop = Shop(at=BEGINS)
    people = [_member(shop, n, random) for n in range(12)]
    tags: dict[UUID, set[str]] = {member.pk: set() for member in people}
    sold: Counter[UUID] = Counter()
    last: dict[UUID, datetime] = {}
    facts: dict[UUID, Facts] = {}
    calendar = named_days.calendar()
    for _number in range(bills):
        shop.at += timedelta(minutes=random.choice((1, 7, 61, 300, 1439)))
        if random.random() < 0.1:  # to the minute of midnight, of opening
            shop.at = datetime.combine(shop.at.astimezone(SAIGON).date(), random.choice((time(0), time(8))), SAIGON)
            shop.at += timedelta(days=1)
        member = random.choice([*people, None])
        if member and random.random() < 0.3:
            _retag(member, tags[member.pk], random, shop)
        lines = tuple(_line(random) for _line_number in range(random.randint(1, 4)))
        method = random.choice((*METHODS, None))
        total = sum(line.amount for line in lines)
        bill = shop.bill(
            lines=lines,
            channel=random.choice(CHANNELS),
            payments=(Payment(method=method, amount=total),) if method else (),
        )
        before = _tier(member)
        record = shop.sell(bill, member).purchase
        at = shop.at.astimezone(SAIGON)
        goods: Counter[str] = Counter()
        quantities: dict[str, Decimal] = {}
        for line, said in zip(record.lines, lines, strict=True):
            goods[said.category] += line.goods
            quantities[said.sku] = quantities.get(said.sku, Decimal(0)) + said.quantity
        told = Facts(
            amount=total,
            base=total,
            store=shop.store.code,
            channel=bill.channel,
            on=at.date(),
            time=at.time(),
            lunar_month=history.lunar_month(at.date()),
            days=calendar.on(at.date()),
            methods=frozenset({method} if method else ()),
            goods=dict(goods),
            quantities=quantities,
            lines=len(lines),
        )
        if member:
            told = replace(
                told,
                member=MemberFacts(
                    tier=before,
                    tags=frozenset(tags[member.pk]),
                    gender=member.gender,
                    birth_calendar=member.birth_calendar,
                    birth_month=member.birth_month,
                    joined_on=member.joined_at.astimezone(SAIGON).date(),
                    bills_before=sold[member.pk],
                    last_bill_on=last[member.pk].date() if member.pk in last else None,
                ),
            )
            sold[member.pk] += 1
            last[member.pk] = at
        facts[record.id] = told
    return Town(shop, facts)


def _tier(member: Member | None) -> str:
    if member is None:
        return ""
    last = Purchase.objects.filter(member_id=member.pk).order_by("-occurred_at", "-id").first()
    if last is None or last.tier_after is None:
        return Tier.objects.order_by("rank").first().code
    return last.tier_after.code


def _member(shop: Shop, number: int, random: Random) -> Member:
    joined = random.choice(
        (datetime(2024, 2, 29, 12, 0, tzinfo=SAIGON), datetime(2026, 12, 31, 23, 59, tzinfo=SAIGON), BEGINS)
    )
    member = shop.member(f"Khách {number}")
    Member.objects.filter(pk=member.pk).update(
        joined_at=joined,
        gender=random.choice(("", "female", "male")),
        birth_calendar=random.choice(("solar", "lunar")),
        birth_month=(month := random.choice((None, 1, 2, 12))),
        birth_day=month and 1,
    )
    member.refresh_from_db()
    return member


def _retag(member: Member, borne: set[str], random: Random, shop: Shop) -> None:
    key = random.choice(TAGS)
    if key in borne:
        tagging.drop(member_ids=[member.pk], key=key, at=shop.at)
        borne.remove(key)
    else:
        tagging.bear(member_ids=[member.pk], key=key, by="user:1", at=shop.at)
        borne.add(key)


def _line(random: Random) -> BillLine:
    return BillLine(
        sku=random.choice(SKUS),
        category=random.choice(CATEGORIES),
        quantity=Decimal(random.choice(("1", "2", "0.5", "3"))),
        amount=random.choice((0, 9_999, 10_000, 50_000, 1_000_000)),
    )
