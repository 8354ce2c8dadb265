"""The published history of the CDNOW shop (Fader & Hardie): 69,659 bills of 23,570 people, in dollars."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Count, Sum

from loyalty import founding
from loyalty.importing import purchases
from loyalty.models import Account, Entry, Lot, Purchase, PurchaseLine

MASTER = Path(__file__).resolve().parents[3] / "shared" / "data" / "cdnow" / "CDNOW_master.txt"
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
HEADER = "store,receipt,member,occurred_at,sku,name,category,quantity,amount,cost,kind,original_receipt\n"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not MASTER.exists(), reason="the CDNOW history is not beside the project (../shared/data)"),
]


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """One receipt per row."""
    file = tmp_path / "cdnow.csv"
    rows = [line.split() for line in MASTER.read_text().splitlines()]
    bought = [row for row in rows if len(row) == 4 and row[0].isdigit()]
    file.write_text(
        HEADER
        + "".join(
            f"CDNOW,R{number:06d},{member},{day[:4]}-{day[4:6]}-{day[6:]},CD,CD,music,{quantity},{amount},,sale,\n"
            for number, (member, day, quantity, amount) in enumerate(bought, 1)
        )
    )
    return file


def load(file: Path) -> purchases.ImportReport:
    return purchases.run(
        source=file,
        at=NOW,
        by="system",
        options=purchases.PurchaseOptions(create_members=True, create_stores=True),
    )


def whole_dollars(file: Path) -> int:
    return sum(int(Decimal(line.split(",")[8])) for line in file.read_text().splitlines()[1:])


def test_every_bill_is_there_with_its_points_and_a_second_run_changes_nothing(history: Path) -> None:
    founding.found(name="CDNOW", currency="USD", at=NOW, expiry_months=None, tiers=False)

    first = load(history)
    again = load(history)

    assert (first.rows, first.posted, first.members_joined, first.refused) == (69_659, 69_659, 23_570, 0)
    assert (again.posted, again.known, again.members_joined, again.refused) == (0, 69_659, 0, 0)
    assert Purchase.objects.count() == PurchaseLine.objects.count() == 69_659
    assert Purchase.objects.filter(total=0).count() == 80
    bought = Purchase.objects.aggregate(
        total=Sum("total"), earned=Sum("earned"), people=Count("member_id", distinct=True)
    )
    assert bought == {"total": 250_031_563, "earned": whole_dollars(history), "people": 23_570}
    assert Account.objects.aggregate(points=Sum("available"))["points"] == whole_dollars(history)


@pytest.mark.full
def test_with_twelve_months_expiry_every_point_has_ended(history: Path) -> None:
    founding.found(name="CDNOW", currency="USD", at=NOW, expiry_months=12, tiers=False)

    load(history)

    assert Account.objects.exclude(available=0, debt=0, next_due_at=None).count() == 0
    assert Lot.objects.exclude(remaining=0).count() == 0
    expired = Entry.objects.filter(kind="expire").aggregate(points=Sum("available"))["points"]
    assert -expired == whole_dollars(history)
