"""Members with vouchers in hand, for tests."""

import itertools
from typing import Any
from uuid import UUID

from loyalty.bill import Bill
from loyalty.records import ReturnedLine
from loyalty.sales import Who
from members.models import Member
from rewards import checkout, defining, issuing, queries
from rewards.checkout import CheckedOut, Returned
from rewards.claiming import Named
from rewards.issuing import Wanted
from rewards.models import VoucherDefinition
from rewards.queries import VoucherView
from tests.factories.shop import Shop

_numbers = itertools.count(1)


def kind(shop: Shop, **terms: Any) -> str:
    """Publish a kind of voucher and answer its key: 20,000 off, unless `terms` say otherwise."""
    key = f"kind-{next(_numbers)}"
    told = {"amount": 20_000} if "percent" not in terms else {"kind": "percent"}
    definition = VoucherDefinition(key=key, valid_from=shop.at, name_vi="Quà", name_en="Gift", **told | terms)
    defining.publish(definition, by="user:1", at=shop.at)
    return key


def give(shop: Shop, member: Member, **terms: Any) -> VoucherView:
    """A new voucher for a member."""
    reason = f"test:{next(_numbers)}"
    made = issuing.issue(key=kind(shop, **terms), wanted=[Wanted(member.id, reason)], at=shop.at, by="user:1")
    return queries.by_ids(made.values(), at=shop.at)[made[reason]]


def sell(shop: Shop, bill: Bill, member: Member | None, *named: Named, **told: Any) -> CheckedOut:
    told.setdefault("fingerprint", bill.receipt.encode())
    who = Who("id", str(member.id)) if member else None
    return checkout.record_purchase(bill=bill, who=who, vouchers=named, till=shop.till, at=shop.at, **told)


def bring_back(shop: Shop, purchase_id: UUID, *lines: ReturnedLine, receipt: str = "") -> Returned:
    """These lines of a bill; all that is left where none are named."""
    receipt = receipt or f"T{next(_numbers)}"
    return checkout.return_purchase(
        purchase_id=purchase_id,
        receipt=receipt,
        lines=list(lines) or None,
        till=shop.till,
        fingerprint=receipt.encode(),
        at=shop.at,
    )


def state(shop: Shop, voucher: VoucherView) -> str:
    return queries.by_ids([voucher.id], at=shop.at)[voucher.id].state
