"""Bills from a file have the effects that the same bills have at a till."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db.models import Sum

from events.models import Event
from loyalty import auditing, earning, founding, policies, sales
from loyalty.bill import Bill, BillLine
from loyalty.models import (
    Account,
    Entry,
    ExpiryPolicy,
    Lot,
    LotUse,
    PendingPolicy,
    Purchase,
    PurchaseLine,
    Store,
    TierBeginning,
)
from loyalty.till import Till, last_day
from members import joining
from members.models import Identifier, Member
from tests.importing.files import BILLS, NOW, bills, load

pytestmark = pytest.mark.django_db

LAN, HOA, MINH = "0912345678", "0987654321", "0356789012"


@pytest.fixture(autouse=True)
def programme() -> None:
    founding.found(name="Cà phê Sáng", at=NOW)
    policies.forget()


def audit() -> list[str]:
    return [f"{found.invariant.sentence}: {found.examples}" for found in auditing.run() if not found.ok]


def account_of(phone: str) -> Account:
    member = Identifier.objects.get(kind="phone", value="+84" + phone[1:], until_at=None).member_id
    return Account.objects.get(member_id=member)


def test_rows_of_one_receipt_become_one_bill_with_lines_in_file_order() -> None:
    done = load(
        bills(
            f"Q1,0001,{LAN},2026-11-20T08:15:00+07:00,CF1,Cà phê sữa,coffee,2,58000,20000,sale,",
            f"Q1,0002,{HOA},2026-11-20T08:16:00+07:00,CF2,Bạc xỉu,coffee,1,35000,,sale,",
            f"Q1,0001,{LAN},2026-11-20T08:15:00+07:00,BM1,Bánh mì,bread,0.535,21400,,sale,",
        )
    )

    assert (done.rows, done.posted, done.members_joined, done.stores_opened, done.refused) == (3, 2, 2, 1, 0)
    bill = Purchase.objects.get(receipt="0001")
    assert (bill.total, bill.base, bill.earned, bill.lines_amount) == (79_400, 79_400, 7, 79_400)
    lines = PurchaseLine.objects.filter(purchase_id=bill.id).order_by("line")
    assert [(line.line, line.sku, line.quantity, line.amount, line.cost) for line in lines] == [
        (1, "CF1", Decimal(2), 58_000, 20_000),
        (2, "BM1", Decimal("0.535"), 21_400, None),
    ]
    assert account_of(LAN).available == 7
    assert audit() == []


def test_a_guest_earns_nothing_and_a_bill_below_a_point_writes_no_entry() -> None:
    load(
        bills(
            "Q1,1,,2026-11-20,CF1,,,1,58000,,sale,",
            f"Q1,2,{LAN},2026-11-20,CF1,,,1,9999,,sale,",
        )
    )

    assert Purchase.objects.filter(member_id=None, earned=0).count() == 1
    assert Entry.objects.count() == Lot.objects.count() == 0
    assert account_of(LAN).last_purchase_at == datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
    assert audit() == []


def test_entries_run_in_the_order_things_happened_whatever_the_order_of_rows() -> None:
    load(
        bills(
            f"Q1,B,{LAN},2026-11-20T10:00:00,CF1,,,1,30000,,sale,",
            f"Q2,A,{LAN},2026-11-19T10:00:00,CF1,,,1,20000,,sale,",
            f"Q1,A,{LAN},2026-11-20T09:00:00,CF1,,,1,50000,,sale,",
        )
    )

    member = account_of(LAN).member_id
    entries = Entry.objects.filter(member_id=member).order_by("seq").values_list("seq", "available", "available_after")
    assert list(entries) == [(1, 2, 2), (2, 5, 7), (3, 3, 10)]
    assert audit() == []


def test_the_same_file_again_changes_nothing_even_with_phones_written_otherwise() -> None:
    rows = [f"Q1,{i},{LAN},2026-11-20T10:{i:02d}:00,CF1,,,1,30000,,sale," for i in range(30)]
    load(bills(*rows))
    before = list(Account.objects.values())

    again = load(bills(*rows))
    otherwise = load(bills(*(row.replace(LAN, "+84 912 345 678") for row in rows)))

    assert (again.posted, again.known, again.refused) == (0, 30, 0)
    assert (otherwise.posted, otherwise.known, otherwise.refused) == (0, 30, 0)
    assert list(Account.objects.values()) == before
    assert Member.objects.count() == 1


def test_the_same_receipt_with_other_content_is_refused_and_nothing_moves() -> None:
    load(bills(f"Q1,1,{LAN},2026-11-20,CF1,,,1,30000,,sale,", f"Q1,2,{LAN},2026-11-20,CF1,,,1,30000,,sale,"))

    errors = io.StringIO()
    done = load(
        bills(
            f"Q1,1,{LAN},2026-11-20,CF1,,,1,40000,,sale,",
            f"Q1,2,{HOA},2026-11-20,CF1,,,1,30000,,sale,",
            f"Q1,3,{HOA},2026-11-20,CF1,,,1,30000,,sale,",
        ),
        errors=errors,
        create_members=False,
    )

    assert done.problems == {"member_unknown": 1, "receipt_conflict": 1}
    assert done.known == 1, "an unknown member cannot contradict a bill"
    assert errors.getvalue().splitlines() == [
        f"line,reason,{BILLS}",
        f"2,receipt_conflict,Q1,1,{LAN},2026-11-20,CF1,,,1,40000,,sale,",
        f"4,member_unknown,Q1,3,{HOA},2026-11-20,CF1,,,1,30000,,sale,",
    ]
    assert account_of(LAN).available == 6


def test_receipt_numbers_that_restart_daily_are_two_bills_on_two_days() -> None:
    Store.objects.create(code="Q1", name="Quận 1", receipt_restart="daily", day_starts="04:00")
    load(
        bills(
            f"Q1,0001,{LAN},2026-11-19T23:00:00,CF1,,,1,30000,,sale,",
            f"Q1,0001,{LAN},2026-11-20T03:59:00,CF1,,,1,30000,,sale,",
            f"Q1,0001,{LAN},2026-11-20T04:00:00,CF1,,,1,30000,,sale,",
        )
    )

    # 03:59 still belongs to the business day of the 19th, and its number is taken there by another bill
    assert list(Purchase.objects.order_by("period").values_list("period", "business_date")) == [
        ("2026-11-20", datetime(2026, 11, 20).date())
    ]


def test_old_points_end_where_their_months_end_and_young_ones_stay() -> None:
    load(
        bills(
            f"Q1,1,{LAN},2024-01-31T09:00:00,CF1,,,1,30000,,sale,",
            f"Q1,2,{LAN},2024-01-31T19:00:00,CF1,,,1,20000,,sale,",
            f"Q1,3,{LAN},2026-10-01T09:00:00,CF1,,,1,50000,,sale,",
        )
    )

    account = account_of(LAN)
    assert (account.available, account.entries, account.lots) == (5, 4, 3)
    ended = Entry.objects.get(member_id=account.member_id, kind="expire")
    # twelve months after 31 January, at the end of that day in Ho Chi Minh City
    assert (ended.available, ended.effective_at) == (-5, datetime(2025, 1, 31, 17, 0, tzinfo=UTC))
    assert account.next_due_at == datetime(2027, 10, 1, 17, 0, tzinfo=UTC)
    assert LotUse.objects.filter(entry_seq=ended.seq).aggregate(points=Sum("points"))["points"] == 5
    assert audit() == []


def test_a_debt_is_repaid_by_the_first_points_and_due_lots_are_booked() -> None:
    load(
        bills(
            f"Q1,1,{LAN},2025-12-01T09:00:00,CF1,,,1,100000,,sale,",
            f"Q1,1R,{LAN},2025-12-02T09:00:00,CF1,,,1,100000,,return,1",
            f"Q1,2,{HOA},2025-12-01T09:00:00,CF1,,,1,70000,,sale,",
        )
    )
    lan, hoa = account_of(LAN).member_id, account_of(HOA).member_id
    owed(lan, points=4)

    later = NOW + timedelta(days=60)
    load(
        bills(
            f"Q1,3,{LAN},2026-11-22T09:00:00,CF1,,,1,30000,,sale,",
            f"Q1,4,{LAN},2026-11-23T09:00:00,CF1,,,1,30000,,sale,",
            f"Q1,5,{LAN},2025-12-23T09:00:00,CF1,,,1,20000,,sale,",
            f"Q1,6,{HOA},2026-11-23T09:00:00,CF1,,,1,20000,,sale,",
        ),
        at=later,
    )

    # 2 of an old bill repay first (they had not ended on the day they were earned), then 2 of the next
    account = Account.objects.get(member_id=lan)
    assert (account.available, account.debt) == (4, 0)
    assert Account.objects.get(member_id=hoa).available == 2
    assert audit() == []


def owed(member_id: UUID, *, points: int) -> None:
    """Give the member points, let them be spent, and take the bill they came from back: a debt."""
    phone = Identifier.objects.get(member_id=member_id, kind="phone").value
    amount = points * 10_000
    load(bills(f"Q9,D1,{phone},2026-11-10T09:00:00,CF1,,,1,{amount},,sale,"), member_as="phone")
    spend(phone, points=points)
    load(bills(f"Q9,D1R,{phone},2026-11-11T09:00:00,CF1,,,1,{amount},,return,D1"), member_as="phone")
    assert Account.objects.get(member_id=member_id).debt == points


def spend(phone: str, *, points: int) -> None:
    store = Store.objects.get(code="Q9")
    bill = Bill(
        receipt="D2",
        occurred_at=NOW,
        lines=(BillLine(sku="CF1", quantity=Decimal(1), amount=points * 500),),
        total=points * 500,
        points_to_spend=points,
    )
    earning.record_purchase(
        bill=bill,
        who=sales.Who("phone", phone),
        till=Till.of(store, by="system"),
        fingerprint=b"x",
        at=NOW,
        proven=True,
    )


def test_tiers_are_reached_at_the_bill_that_reached_them() -> None:
    load(
        bills(
            f"Q1,1,{LAN},2025-01-10T09:00:00,CF1,,,1,1500000,,sale,",
            f"Q1,2,{LAN},2025-02-10T09:00:00,CF1,,,1,600000,,sale,",
            f"Q1,3,{LAN},2026-06-10T09:00:00,CF1,,,1,1900000,,sale,",
            f"Q1,4,{HOA},2026-06-10T09:00:00,CF1,,,1,13000000,,sale,",
        )
    )
    load(bills(f"Q1,5,{LAN},2026-03-10T09:00:00,CF1,,,1,3200000,,sale,"))

    lan, hoa = account_of(LAN), account_of(HOA)
    assert (lan.tier and lan.tier.code, hoa.tier and hoa.tier.code) == ("gold", "diamond")
    history = (
        TierBeginning.objects.filter(member_id=lan.member_id)
        .order_by("since")
        .values_list("tier__code", "since", "cause")
    )
    assert list(history) == [
        ("silver", datetime(2025, 2, 10, 2, 0, tzinfo=UTC), "import"),
        ("gold", datetime(2026, 6, 10, 2, 0, tzinfo=UTC), "import"),
    ]
    assert audit() == []


def test_a_return_takes_back_the_line_of_its_article() -> None:
    sold = [
        f"Q1,1,{LAN},2026-11-18T09:00:00,CF1,,,2,60000,,sale,",
        f"Q1,1,{LAN},2026-11-18T09:00:00,BM1,,,1,45000,,sale,",
        "Q1,2,,2026-11-18T09:00:00,BM1,,,1,45000,,sale,",
    ]
    came_back = [
        f"Q1,T1,{LAN},2026-11-19T09:00:00,CF1,,,-1,-30000,,return,1",
        f"Q1,T2,{LAN},2026-11-20T09:00:00,CF1,,,1,30000,,return,1",
        "Q1,,,2026-11-20T09:00:00,BM1,,,1,45000,,return,2",
        f"Q1,T4,{LAN},2026-11-20T10:00:00,CF1,,,1,30000,,return,1",
        f"Q1,T5,{LAN},2026-11-20T10:00:00,CF1,,,1,30000,,return,77",
    ]

    done = load(bills(*sold, *came_back))
    again = load(bills(*sold, *came_back))

    assert (done.posted, done.returns) == (2, 3)
    assert done.problems == {"line_unknown": 1, "original_unknown": 1}
    assert (again.posted, again.known, again.returns, again.returns_known) == (0, 2, 0, 3)
    # 105,000 earned 10; 45,000 are kept
    assert account_of(LAN).available == 4
    assert audit() == []


def test_a_dry_run_says_what_would_happen_and_writes_nothing() -> None:
    done = load(bills(f"Q1,1,{LAN},2026-11-20,CF1,,,1,30000,,sale,"), dry_run=True)

    assert (done.posted, done.points, done.members_joined) == (1, 3, 1)
    assert not Purchase.objects.exists() and not Member.objects.exists() and not Store.objects.exists()


def test_members_are_found_by_what_the_column_holds() -> None:
    member = joining.join(
        name="Trần Thị Lan",
        phone=LAN,
        email="lan@example.com",
        external_id="C-77",
        joined_via="counter",
        by="x",
        at=NOW,
    )
    card = Identifier.objects.get(member=member, kind="card").value
    for number, named in enumerate(["lan@EXAMPLE.com", "C-77", card.lower(), "+84912345678"]):
        done = load(bills(f"Q1,{number},{named},2026-11-20,CF1,,,1,30000,,sale,"), create_members=False)
        assert (done.posted, done.refused) == (1, 0), (named, done)

    assert Account.objects.get(member_id=member.id).available == 12


def test_people_named_only_by_bills_join_with_a_card_on_the_day_of_their_first_bill() -> None:
    load(bills(f"Q1,2,{LAN},2026-11-20,CF1,,,1,30000,,sale,", f"Q1,1,{LAN},2020-01-20,CF1,,,1,30000,,sale,"))

    member = Member.objects.get()
    assert member.joined_at == datetime(2020, 1, 19, 17, 0, tzinfo=UTC)
    assert member.joined_via == "import"
    assert set(Identifier.objects.values_list("kind", flat=True)) == {"phone", "card"}


def test_many_chunks_end_as_one_and_each_tells_once() -> None:
    rows = [
        f"Q{i % 3},{i},{f'09{10_000_000 + i % 37}' * (i % 5 > 0)},2026-0{i % 9 + 1}-1{i % 10},CF1,,,1,{i}0000,,sale,"
        for i in range(1, 300)
    ]
    done = load(bills(*rows), chunk=20)

    assert (done.posted, done.refused) == (299, 0)
    told = Event.objects.filter(type="purchases.imported")
    assert sum(event.data["bills"] for event in told) == 299
    assert len(told) > 10
    assert Account.objects.aggregate(points=Sum("available"))["points"] == sum(i for i in range(1, 300) if i % 5)
    assert audit() == []


@pytest.mark.parametrize("hour", ["00:30", "06:59", "12:00", "23:59"])
def test_points_end_on_the_shops_own_day_whatever_the_hour(hour: str) -> None:
    load(bills(f"Q1,0001,{LAN},2026-11-20T{hour}:00+07:00,,,,,100000,,sale,"))
    (end,) = Lot.objects.values_list("expires_at", flat=True)
    assert str(last_day(end)) == "2027-11-20" and account_of(LAN).next_due_at == end


def test_points_that_slide_end_after_the_last_visit_before_a_silence() -> None:
    policies.publish(ExpiryPolicy(kind="inactivity", months=None, days=60, valid_from=NOW), by="system", at=NOW)
    later = NOW + timedelta(days=400)
    days = [f"2026-{month:02d}-{day:02d}T08:00:00+07:00" for month, day in ((12, 1), (12, 30))]
    days += [f"2027-{month:02d}-{day:02d}T08:00:00+07:00" for month, day in ((1, 20), (6, 1), (7, 15), (12, 1))]
    rows = [f"Q1,{n:04d},{LAN},{day},,,,,100000,,sale," for n, day in enumerate(days)]

    load(bills(*rows[:3]), at=later)
    load(bills(*rows[3:]), at=later)

    lots = Lot.objects.order_by("opened_at").values_list("remaining", "expires_at")
    ends = [str(last_day(end)) for _, end in lots]
    # three visits, a silence; two, a silence; one that is not long ago
    assert ends == ["2027-03-21"] * 3 + ["2027-09-13"] * 2 + ["2028-01-30"]
    assert [left for left, _ in lots] == [0, 0, 0, 0, 0, 10]
    assert account_of(LAN).available == 10 and audit() == []


def test_a_member_whose_points_wait_gets_imported_ones_beside_them() -> None:
    policies.publish(PendingPolicy(wait="days", channels=["till"], days=7, valid_from=NOW), by="system", at=NOW)
    load(bills(f"Q1,0001,{LAN},2026-11-20T08:15:00+07:00,,,,,100000,,sale,"))
    member = account_of(LAN).member_id
    till = Till.of(Store.objects.get(), by="terminal:1")
    lines = (BillLine(sku="A", quantity=Decimal(1), amount=50_000),)
    bill = Bill(receipt="T1", occurred_at=NOW, lines=lines, total=50_000)
    earning.record_purchase(bill=bill, who=sales.Who("id", str(member)), till=till, fingerprint=b"t", at=NOW)
    assert (account_of(LAN).available, account_of(LAN).pending) == (10, 5)

    late = NOW + timedelta(days=8)
    load(bills(f"Q1,0002,{LAN},2026-11-19T08:15:00+07:00,,,,,200000,,sale,"), at=late)

    assert (account_of(LAN).available, account_of(LAN).pending) == (35, 0) and audit() == []
