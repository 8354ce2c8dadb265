"""Members from an older system: who they are, the points they bring along, the tier they were promised."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest

from events.models import Event
from loyalty import auditing, founding, policies
from loyalty.importing import members
from loyalty.models import Account, Entry, Lot, Store, TierBeginning, TierOverride
from members import finding, joining, searching
from members.importing.report import ImportReport
from members.models import Identifier, Member, Tag
from tests.importing.files import NOW

pytestmark = pytest.mark.django_db

HEADER = (
    "external_id,phone,email,card,name,birth_date,birth_calendar,gender,province,ward,joined_at,joined_via,home_store,"
    "tier,tier_until,tags,points,points_expire_on"
)
LAN = "C1,0912 345 678,Lan@Example.com,,Nguyễn Thị Lan,20/5/1990,,nữ,Hà Nội,Ba Đình,2024-03-01,counter,Q1,,,vip;Quen"


@pytest.fixture(autouse=True)
def programme() -> None:
    founding.found(name="Cà phê Sáng", at=NOW)
    policies.forget()


def load(*rows: str, header: str = HEADER, at: datetime = NOW, **options: Any) -> ImportReport:
    source = io.BytesIO("\n".join([header, *rows, ""]).encode())
    chosen = {"create_stores": True, "errors": io.StringIO(), **options}
    return members.run(source=source, at=at, by="system", options=members.MemberOptions(**chosen))


def audit() -> list[str]:
    return [f"{found.invariant.sentence}: {found.examples}" for found in auditing.run() if not found.ok]


def test_a_member_arrives_with_everything_the_old_system_knew() -> None:
    done = load(f"{LAN},120,2027-01-31", f"{LAN},30,2026-12-31")

    assert (done.rows, done.members_joined, done.points, done.refused) == (2, 1, 150, 0)
    lan = finding.by_phone("+84912345678")
    assert lan is not None
    assert (lan.name, lan.call_name, lan.honorific, lan.gender) == ("Nguyễn Thị Lan", "Lan", "chị", "female")
    assert (lan.birth_day, lan.birth_month, lan.birth_year, lan.birth_calendar) == (20, 5, 1990, "solar")
    assert (lan.province, lan.ward, lan.joined_via) == ("Hà Nội", "Ba Đình", "counter")
    assert lan.joined_at == datetime(2024, 2, 29, 17, 0, tzinfo=UTC)
    assert lan.home_store_id == Store.objects.get(code="Q1").id
    assert set(Identifier.objects.filter(member=lan).exclude(kind="card").values_list("kind", "value")) == {
        ("external", "C1"),
        ("phone", "+84912345678"),
        ("email", "lan@example.com"),
    }
    assert Identifier.objects.get(member=lan, kind="card").value.startswith("LM")
    assert set(Tag.objects.values_list("key", flat=True)) == {"vip", "quen"}
    assert [found.member_id for found in searching.search("thi lan", limit=5)] == [lan.id]
    assert list(Lot.objects.order_by("seq").values_list("points", "expires_at")) == [
        (120, datetime(2027, 1, 31, 17, 0, tzinfo=UTC)),
        (30, datetime(2026, 12, 31, 17, 0, tzinfo=UTC)),
    ]
    account = Account.objects.get()
    assert (account.available, account.last_purchase_at) == (150, None)
    assert account.next_due_at == datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    assert set(Entry.objects.values_list("kind", flat=True)) == {"opening"}
    assert Event.objects.get(type="members.imported").data["members"] == 1
    assert audit() == []


def test_the_same_file_again_changes_nothing_and_a_longer_one_adds_what_is_new() -> None:
    rows = [f"{LAN},120,2027-01-31", f"{LAN},120,2027-01-31", "C2,,,,Minh,,,,,,,,,gold,2027-06-30,,10,"]
    load(*rows)
    before = (list(Account.objects.order_by("member_id").values()), Member.objects.count(), Identifier.objects.count())

    again = load(*rows, at=datetime(2026, 12, 1, tzinfo=UTC))

    assert (again.members_joined, again.known, again.points, again.refused) == (0, 2, 0, 0)
    after = (list(Account.objects.order_by("member_id").values()), Member.objects.count(), Identifier.objects.count())
    assert after == before
    assert TierOverride.objects.count() == TierBeginning.objects.count() == 1

    longer = load(*rows, f"{LAN},120,2027-01-31", "C3,,,,Hoa,,,,,,,,,,,,,")

    assert (longer.members_joined, longer.points) == (1, 120)
    assert Account.objects.get(member_id=finding.by_external("C1").id).available == 360  # type: ignore[union-attr]
    assert audit() == []


def test_a_promised_tier_lifts_until_its_day_and_one_that_has_ended_lifts_nobody() -> None:
    load(
        "C1,,,,Lan,,,,,,,,,Vàng,2027-06-30,,,",
        "C2,,,,Minh,,,,,,,,,silver,2020-06-30,,,",
        "C3,,,,Hoa,,,,,,,,,member,,,,",
    )

    override = TierOverride.objects.get()
    assert (override.tier.code, override.until_at) == ("gold", datetime(2027, 6, 30, 17, 0, tzinfo=UTC))
    begun = TierBeginning.objects.get()
    assert (begun.tier.code, begun.cause, begun.since) == ("gold", "override", NOW)
    assert audit() == []


def test_points_that_ended_before_they_came_are_booked_as_expired() -> None:
    load("C1,,,,Lan,,,,,,,,,,,,50,2026-01-31", "C1,,,,Lan,,,,,,,,,,,,20,2027-01-31")

    assert Account.objects.get().available == 20
    assert set(Entry.objects.values_list("kind", "available")) == {("opening", 50), ("opening", 20), ("expire", -50)}
    assert audit() == []


def test_the_first_of_january_is_kept_but_unsure_and_a_lunar_birthday_stays_lunar() -> None:
    load("C1,,,,Lan,1990-01-01,,,,,,,,,,,,", "C2,,,,Minh,30/02,âm lịch,,,,,,,,,,,", "C3,,,,Hoa,31/02,,,,,,,,,,,,")

    told = dict(Member.objects.values_list("name", "birth_unsure"))
    assert told == {"Lan": True, "Minh": False}
    assert Member.objects.get(name="Minh").birth_calendar == "lunar"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("C9,123,,,Lan,,,,,,,,,,,,,", "phone_unreadable"),
        ("C9,,no-at,,Lan,,,,,,,,,,,,,", "email_unreadable"),
        ("C9,,,LM000000000001,Lan,,,,,,,,,,,,,", "card_unreadable"),
        ("C9,,,,Lan,2001-02-29,,,,,,,,,,,,", "birthday_unreadable"),
        ("C9,,,,Lan,,,wer,,,,,,,,,,", "gender_unknown"),
        ("C9,,,,Lan,,,,,,yesterday,,,,,,,", "joined_at_unreadable"),
        ("C9,,,,Lan,,,,,,2031-01-01,,,,,,,", "joined_at_unreadable"),
        ("C9,,,,Lan,,,,,,,,,platinum,,,,", "tier_unknown"),
        ("C9,,,,Lan,,,,,,,,,,,,-5,", "points_unreadable"),
        ("C9,,,,Lan,,,,,,,,,,,,1.5,", "points_unreadable"),
        ("C9,,,,Lan,,,,,,,,,,,,5,31/12/2026", "points_expire_on_unreadable"),
        (",,,,Lan,,,,,,,,,,,,5,", "member_missing"),
        ("C9,,,,Lan,,,,,,,,two words,,,,5,", "store_unknown"),
        ("C9,,,,Lan", "cells_wrong"),
    ],
)
def test_a_row_that_cannot_be_read_waits_and_the_others_arrive(row: str, reason: str) -> None:
    done = load(row, f"{LAN},1,")

    assert done.problems == {reason: 1}
    assert done.members_joined == Member.objects.count() == 1
    assert audit() == []


def test_two_people_with_one_phone_and_a_row_of_two_members_are_refused() -> None:
    joining.join(name="Minh", phone="0987654321", external_id="M1", joined_via="counter", by="x", at=NOW)
    joining.join(name="Hoa", phone="0356789012", external_id="M2", joined_via="counter", by="x", at=NOW)

    done = load(
        "M1,0356789012,,,Ai đó,,,,,,,,,,,,5,",
        "A1,0912345678,,,Lan,,,,,,,,,,,,5,",
        "A2,+84912345678,,,Lan khác,,,,,,,,,,,,5,",
    )

    assert done.problems == {"identifier_twice": 1, "member_ambiguous": 1}
    assert done.members_joined == 1


def test_a_member_of_before_keeps_name_and_phone_and_learns_the_outside_id() -> None:
    minh = joining.join(name="Minh", phone="0987654321", joined_via="counter", by="x", at=NOW)

    load("M1,0987654321,,,Tên khác,,,,,,,,,,,,5,2027-01-31")

    assert Member.objects.get().name == "Minh"
    assert finding.by_external("M1") == minh
    assert Account.objects.get(member_id=minh.id).available == 5


def test_a_dry_run_writes_nothing_and_small_chunks_end_the_same() -> None:
    rows = [
        f"C{i},09{i:08d},,,Người {i},,,,,,,,Q{i % 3},{'silver' if i % 7 == 0 else ''},,,{i},2027-01-31"
        for i in range(1, 90)
    ]

    assert load(*rows, dry_run=True).members_joined == 89
    assert not Member.objects.exists()

    done = load(*rows, chunk=10)
    assert (done.members_joined, done.points) == (89, sum(range(1, 90)))
    assert Event.objects.filter(type="members.imported").count() == 9
    assert audit() == []
