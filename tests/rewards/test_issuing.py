"""A reason gives one voucher, under the version in force, told of once."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from events.models import Event
from loyalty import auditing
from members.models import Member
from rewards import codes, defining, founding, issuing, queries, voiding
from rewards.issuing import Wanted
from rewards.models import Voucher, VoucherDefinition
from tests.factories.shop import Shop, rows_of

TABLES = ("rewards_voucher", "events_event", "events_delivery")


@pytest.fixture
def lan(shop: Shop) -> Member:
    founding.found(at=shop.at)
    return shop.member()


def give(shop: Shop, *members: Member, key: str = "welcome", reason: str = "test:1") -> list[UUID]:
    wanted = [Wanted(member.id, f"{reason}:{n}") for n, member in enumerate(members)]
    done = issuing.issue(key=key, wanted=wanted, at=shop.at, by="campaign:1")
    return [done[one.issued_for] for one in wanted]


def test_a_set_of_members_gets_a_voucher_each_in_few_statements(
    shop: Shop, lan: Member, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    people = [lan, *(shop.member(f"Bạn {n}") for n in range(30))]

    with django_assert_num_queries(6):  # a savepoint around definition, known, ids and writing
        ids = give(shop, *people)

    vouchers = Voucher.objects.in_bulk(ids)
    assert {vouchers[id].member_id for id in ids} == {member.id for member in people}
    told = Event.objects.filter(type="voucher.issued")
    assert {event.subject_id for event in told} == set(ids)
    assert {event.by for event in told} == {"campaign:1"}
    assert all(finding.ok for finding in auditing.run())


def test_the_same_reason_again_is_the_voucher_of_before(shop: Shop, lan: Member) -> None:
    (first,) = give(shop, lan)
    before = rows_of(*TABLES)

    (again,) = give(shop, lan)
    assert again == first
    assert rows_of(*TABLES) == before

    mixed = issuing.issue(
        key="welcome",
        wanted=[Wanted(lan.id, "test:1:0"), Wanted(lan.id, "test:2:0")],
        at=shop.at,
        by="campaign:1",
    )
    assert mixed["test:1:0"] == first
    assert Voucher.objects.count() == 2


def test_nothing_wanted_is_nothing_done(shop: Shop, lan: Member) -> None:
    assert issuing.issue(key="welcome", wanted=[], at=shop.at, by="system") == {}


def test_a_voucher_lives_to_the_end_of_its_last_day(shop: Shop, lan: Member) -> None:
    give(shop, lan)

    (mine,) = queries.of_member(member_id=lan.id, at=shop.at)
    assert str(mine.last_day) == "2026-12-20"
    assert mine.state == "issued"
    ends = mine.expires_at
    assert queries.of_member(member_id=lan.id, at=ends - timedelta(seconds=1))[0].state == "issued"
    assert queries.of_member(member_id=lan.id, at=ends)[0].state == "expired"
    assert queries.live_of(member_id=lan.id, at=ends) == []


def test_the_code_is_found_by_its_hash_and_stored_nowhere(shop: Shop, lan: Member) -> None:
    give(shop, lan)

    (mine,) = queries.of_member(member_id=lan.id, at=shop.at)
    code = codes.read(mine.code)
    assert Voucher.objects.get(code_hash=codes.hashed(code)).pk == mine.id
    assert code.endswith(mine.last4)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rewards_voucher v WHERE v::text LIKE %s", [f"%{code}%"])
        assert cursor.fetchone() == (0,)


def test_a_voucher_keeps_the_version_it_was_issued_under(shop: Shop, lan: Member) -> None:
    give(shop, lan)
    later = shop.at + timedelta(days=1)
    new = VoucherDefinition(
        key="welcome", valid_from=later, kind="amount", amount=5_000, name_vi="Quà nhỏ", name_en="Small gift"
    )
    defining.publish(new, by="user:1", at=shop.at)
    assert new.version == 2
    assert defining.in_force("welcome", at=shop.at).version == 1

    shop.later(days=1)
    give(shop, lan, reason="test:2")

    assert [mine.amount for mine in queries.of_member(member_id=lan.id, at=shop.at)] == [5_000, 20_000]


def test_a_kind_that_ended_gives_no_more_and_takes_none_away(shop: Shop, lan: Member) -> None:
    give(shop, lan)
    ended = VoucherDefinition(key="welcome", valid_from=shop.at, active=False, amount=1, name_vi="Hết", name_en="Over")
    defining.publish(ended, by="user:1", at=shop.at)

    with pytest.raises(defining.DefinitionEnded):
        give(shop, lan, reason="test:2")
    with pytest.raises(defining.DefinitionUnknown):
        give(shop, lan, key="nothing")
    assert [mine.state for mine in queries.of_member(member_id=lan.id, at=shop.at)] == ["issued"]


def test_no_version_begins_in_the_past(shop: Shop) -> None:
    late = VoucherDefinition(
        key="tet", valid_from=shop.at - timedelta(seconds=1), amount=1, name_vi="Tết", name_en="Tết"
    )
    with pytest.raises(defining.BeginsInThePast):
        defining.publish(late, by="user:1", at=shop.at)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "amount", "amount": None},
        {"kind": "amount", "amount": 0},
        {"kind": "amount", "amount": 1, "percent": 5},
        {"kind": "percent", "percent": 101},
        {"kind": "percent", "percent": 10, "amount": 5},
        {"kind": "percent", "percent": 10, "cap": 0},
        {"kind": "gift", "amount": 1},
        {"amount": 1, "minimum_basket": -1},
        {"amount": 1, "uses": 0},
        {"amount": 1, "valid_days": -1},
        {"amount": 1, "on_return": "perhaps"},
    ],
)
def test_a_definition_without_sense_is_refused_by_the_database(shop: Shop, wrong: dict[str, object]) -> None:
    senseless = VoucherDefinition(key="x", valid_from=shop.at, name_vi="X", name_en="X", **wrong)
    with pytest.raises(IntegrityError):
        defining.publish(senseless, by="user:1", at=shop.at)


def test_what_was_issued_is_never_changed_or_deleted(shop: Shop, lan: Member) -> None:
    (id,) = give(shop, lan)
    for change in (
        lambda: Voucher.objects.filter(pk=id).update(member_id=UUID(int=1)),
        lambda: Voucher.objects.filter(pk=id).update(uses_allowed=2),
        lambda: Voucher.objects.filter(pk=id).delete(),
        lambda: VoucherDefinition.objects.update(amount=1),
        lambda: VoucherDefinition.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(IntegrityError), transaction.atomic():
        Voucher.objects.filter(pk=id).update(used=2)


def test_a_voided_voucher_is_gone_once_with_its_reason(shop: Shop, lan: Member) -> None:
    (id,) = give(shop, lan)
    with pytest.raises(voiding.VoidReasonMissing):
        voiding.void(voucher_id=id, reason="  ", by="user:1", at=shop.at)

    voiding.void(voucher_id=id, reason="phát nhầm", by="user:1", at=shop.at)

    assert queries.by_ids([id], at=shop.at)[id].state == "void"
    assert queries.live_of(member_id=lan.id, at=shop.at) == []
    assert Event.objects.get(type="voucher.voided").subject_id == id
    with pytest.raises(voiding.NothingToVoid):
        voiding.void(voucher_id=id, reason="lần nữa", by="user:1", at=shop.at)
    assert all(finding.ok for finding in auditing.run())


def test_a_member_sees_them_newest_first_page_by_page(shop: Shop, lan: Member) -> None:
    for n in range(5):
        give(shop, lan, reason=f"test:{n}")

    first = queries.of_member(member_id=lan.id, at=shop.at, limit=3)
    rest = queries.of_member(member_id=lan.id, at=shop.at, before=first[-1].id, limit=3)

    assert [len(first), len(rest)] == [3, 2]
    assert [one.id for one in first + rest] == sorted((one.id for one in first + rest), reverse=True)


def test_the_first_kinds_are_founded_once_and_left_alone(shop: Shop) -> None:
    founding.found(at=shop.at)
    founding.found(at=shop.at)

    assert {d.key: d.version for d in VoucherDefinition.objects.all()} == {"welcome": 1, "birthday": 1, "winback": 1}
