"""Practice: a few invented members of a practice store, with points to spend, so that nobody learns on real people."""

from datetime import datetime
from decimal import Decimal

from loyalty import earning
from loyalty.bill import Bill, BillLine
from loyalty.sales import Who
from loyalty.till import Till
from members import finding, joining
from members.models import Member

# name, phone, gender, what they bought already (minor units of a currency like đồng)
INVENTED = (
    ("Lê Thị Tập", "0900000001", "female", 2_400_000),
    ("Trần Văn Thử", "0900000002", "male", 650_000),
    ("Phạm Minh Mẫu", "0900000003", "", 0),
)


def people(*, till: Till, at: datetime) -> list[Member]:
    """The invented members, made when first asked for. `till` is a practice till."""
    return [_person(*one, till=till, at=at) for one in INVENTED]


def _person(name: str, phone: str, gender: str, bought: int, *, till: Till, at: datetime) -> Member:
    known = finding.by_phone(phone, practice=True)
    if known is not None:
        return known
    try:
        member = joining.join(
            name=name, phone=phone, gender=gender, joined_via="counter", practice=True, by=till.by, at=at
        )
    except joining.MemberExists:
        member = finding.by_phone(phone, practice=True)  # type: ignore[assignment]
    if bought:
        receipt = f"practice-{phone}"
        line = BillLine(sku="practice", name=name, quantity=Decimal(1), amount=bought)
        bill = Bill(receipt=receipt, occurred_at=at, lines=(line,), total=bought)
        who = Who("id", str(member.pk))
        earning.record_purchase(bill=bill, who=who, till=till, fingerprint=receipt.encode(), at=at)
    return member
