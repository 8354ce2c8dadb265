"""The pages that are looked at, each with whom it is asked about: another member, filter or place every time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

from django.urls import reverse

from benchmarks.browsers import Ask
from loyalty.models import Purchase, Store, Tier
from members.models import Member
from rewards.models import Voucher

TABS = ("now", "account", "purchases", "vouchers", "cases", "notes", "profile")
LABELS = ("khach-cu", "sinh-vien", "di-ung-sua", "thich-it-ngot", "bao-chi")
COUNTER, OFFICE, MANAGER = "counter", "office", "manager"
HEALTH = "/healthz"
# the frame of each door without any member in it: what the others are a multiple of
BARE = {
    COUNTER: "counter, nothing typed",
    OFFICE: "dashboard, a list of seven reasons",
    MANAGER: "dashboard, a list of seven reasons",
}


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A member drawn by chance with a bill and a voucher of theirs, and what else a request needs: a day, numbers."""

    id: UUID
    phone: str
    card: str
    name: str
    folded: str
    bill: Purchase
    voucher: Voucher
    day: date
    joining: date
    store: Store
    tier: Tier
    number: int


@dataclass(frozen=True, kw_only=True)
class Page:
    what: str
    who: str
    ask: Callable[[Drawn], Ask]


def pages() -> list[Page]:
    return [
        Page(what=HEALTH, who=OFFICE, ask=lambda drawn: Ask(path=HEALTH)),
        *(Page(what=what, who=COUNTER, ask=ask) for what, ask in _at_the_counter().items()),
        *(Page(what=what, who=OFFICE, ask=ask) for what, ask in _in_the_office().items()),
        *(Page(what=what, who=MANAGER, ask=ask) for what, ask in _of_a_manager().items()),
    ]


def _at_the_counter() -> Mapping[str, Callable[[Drawn], Ask]]:
    return {
        BARE[COUNTER]: lambda drawn: _find(""),
        "counter, by phone": lambda drawn: _find(drawn.phone),
        "counter, by card": lambda drawn: _find(drawn.card),
        "counter, by name with accents": lambda drawn: _find(drawn.name),
        "counter, by name without accents": lambda drawn: _find(drawn.folded),
        "counter, by given name": lambda drawn: _find(drawn.name.split()[-1]),
        "counter, end of the phone and given name": lambda drawn: _find(f"{drawn.phone[-4:]} {drawn.name.split()[-1]}"),
        "counter, one of several": lambda drawn: Ask(path=reverse("counter:member", args=[drawn.id]), part=True),
    }


def _find(typed: str) -> Ask:
    return Ask(path=reverse("counter:find"), form={"q": typed}, part=True)


def _in_the_office() -> Mapping[str, Callable[[Drawn], Ask]]:
    return {
        BARE[OFFICE]: lambda drawn: _list("members_closereason"),
        "dashboard, first page": lambda drawn: Ask(path=reverse("admin:index")),
        **_members(),
        "member page, whole": lambda drawn: Ask(path=reverse("admin:members_member_change", args=[drawn.id])),
        **{f"member page, tab {tab}": _tab(tab) for tab in TABS},
        **_bills(),
        "cases, open": lambda drawn: _list("members_case"),
        "cases, late": lambda drawn: _list("members_case", which="late"),
        "cases, closed, of a store": lambda drawn: _list("members_case", which="closed", store=drawn.store.pk),
        "cases, all, of a name": lambda drawn: _list("members_case", which="all", q=drawn.name),
        **_vouchers(),
        "scores and comments": lambda drawn: _list("members_feedback"),
        **_ledger(),
    }


def _members() -> Mapping[str, Callable[[Drawn], Ask]]:
    return {
        "members, newest": lambda drawn: _list("members_member"),
        "members, a page far down": lambda drawn: _list("members_member", after=drawn.id),
        "members, of a tier": lambda drawn: _list("members_member", tier=drawn.tier.pk),
        "members, of a tier, far down": lambda drawn: _list("members_member", tier=drawn.tier.pk, after=drawn.id),
        "members, with a label": lambda drawn: _list("members_member", tag=LABELS[drawn.number % len(LABELS)]),
        "members, of a store": lambda drawn: _list("members_member", store=drawn.store.pk),
        "members, tier, store and label": lambda drawn: _list(
            "members_member", tier=drawn.tier.pk, store=drawn.store.pk, tag=LABELS[drawn.number % len(LABELS)]
        ),
        "members, closed accounts": lambda drawn: _list("members_member", status="closed"),
        "members, joined in a week": lambda drawn: _list("members_member", **_week("joined_at", drawn.joining)),
        "members, search by phone": lambda drawn: _list("members_member", q=drawn.phone),
        "members, search by card": lambda drawn: _list("members_member", q=drawn.card),
        "members, search by name with accents": lambda drawn: _list("members_member", q=drawn.name),
        "members, search by given name": lambda drawn: _list("members_member", q=drawn.folded.split()[-1]),
        "members, search by four last digits": lambda drawn: _list("members_member", q=drawn.phone[-4:]),
    }


def _bills() -> Mapping[str, Callable[[Drawn], Ask]]:
    return {
        "bills, newest": lambda drawn: _list("loyalty_purchase"),
        "bills, a page far down": lambda drawn: _list(
            "loyalty_purchase", after=f"{drawn.bill.business_date}~{drawn.bill.pk}"
        ),
        "bills, of a store": lambda drawn: _list("loyalty_purchase", store__id__exact=drawn.store.pk),
        "bills, of a week": lambda drawn: _list("loyalty_purchase", **_week("business_date", drawn.day)),
        "bills, of a store and a week": lambda drawn: _list(
            "loyalty_purchase", store__id__exact=drawn.store.pk, **_week("business_date", drawn.day)
        ),
        "bills, to be reviewed": lambda drawn: _list("loyalty_purchase", review="open"),
        "bills, of a member": lambda drawn: _list("loyalty_purchase", member=drawn.id),
        "bills, by number": lambda drawn: _list("loyalty_purchase", q=drawn.bill.receipt),
        "bills, by phone": lambda drawn: _list("loyalty_purchase", q=drawn.phone),
        "one bill": lambda drawn: Ask(path=reverse("admin:loyalty_purchase_change", args=[drawn.bill.pk])),
    }


def _vouchers() -> Mapping[str, Callable[[Drawn], Ask]]:
    states = ("issued", "redeemed", "expired", "void")
    return {
        "vouchers, newest": lambda drawn: _list("rewards_voucher"),
        **{f"vouchers, {state}": _vouchers_in(state) for state in states},
        "vouchers, of a kind nobody has": lambda drawn: _list("rewards_voucher", kind="birthday"),
        "vouchers, by phone": lambda drawn: _list("rewards_voucher", q=drawn.phone),
        "vouchers, by the end of the code": lambda drawn: _list("rewards_voucher", q=drawn.voucher.last4),
    }


def _ledger() -> Mapping[str, Callable[[Drawn], Ask]]:
    return {
        "ledger of points": lambda drawn: _list("loyalty_entryrow"),
        "ledger of points, of a kind": lambda drawn: _list("loyalty_entryrow", kind="expire", days="90"),
        "ledger of points, imported": lambda drawn: _list("loyalty_entryrow", **{"from": "import"}),
        "ledger of points, of a member": lambda drawn: _list("loyalty_entryrow", member=drawn.id),
    }


def _vouchers_in(state: str) -> Callable[[Drawn], Ask]:
    return lambda drawn: _list("rewards_voucher", **{"in": state})


def _of_a_manager() -> Mapping[str, Callable[[Drawn], Ask]]:
    return {
        "a manager's first page": lambda drawn: Ask(path=reverse("admin:index")),
        "a manager's members": lambda drawn: _list("members_member"),
        "a manager's bills": lambda drawn: _list("loyalty_purchase"),
        "a manager's cases": lambda drawn: _list("members_case"),
    }


def _tab(tab: str) -> Callable[[Drawn], Ask]:
    return lambda drawn: Ask(
        path=reverse("admin:members_member_section", args=[drawn.id]), query={"tab": tab}, part=True
    )


def _list(table: str, **query: object) -> Ask:
    return Ask(path=reverse(f"admin:{table}_changelist"), query=query)


def _week(field: str, day: date) -> dict[str, str]:
    return {f"{field}_from": f"{day:%d/%m/%Y}", f"{field}_to": f"{day + timedelta(days=6):%d/%m/%Y}"}


def draw(*, members: int, today: date, seed: int) -> Drawn:
    """A member, and for the filters whatever the number says."""
    chance = Random(seed)
    n = chance.randrange(members)
    member = Member.objects.get(identifiers__kind="phone", identifiers__value=f"+84{900_000_000 + n}")
    stores, tiers = Store.objects.filter(practice_of=None).order_by("id"), Tier.objects.order_by("rank")
    return Drawn(
        id=member.pk,
        phone=f"0{900_000_000 + n}",
        card=f"88{n:010d}",
        name=member.name,
        folded=member.folded_name,
        bill=Purchase.objects.filter(member_id=member.pk).latest("occurred_at"),
        voucher=Voucher.objects.filter(member_id=member.pk).latest("pk"),
        day=today - timedelta(days=chance.randrange(20, 320)),
        joining=today - timedelta(days=chance.randrange(346, 395)),
        store=stores[seed % len(stores)],
        tier=tiers[seed % len(tiers)],
        number=seed,
    )
