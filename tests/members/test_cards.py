from datetime import timedelta

import pytest
from django.db import connection

from events import jobs
from events.models import Event, Job
from members import card_stock, cards, changing, finding, joining, people
from members.card_stock import BatchUnknown, BatchUnreadable, CardNotUsable
from members.models import Card, CardBatch, Identifier, Member
from tests.factories.people import JOINED_AT, MemberFactory
from tests.members.test_racing import at_once

AT = JOINED_AT + timedelta(days=30)
HOW = {"by": "user:1", "at": AT}


@pytest.fixture
def lan(db) -> Member:
    return MemberFactory(name="Nguyễn Thị Lan")


def lay_in(first=1, last=5, prefix="VIP-", width=6, name="Thẻ Tết"):
    batch = card_stock.lay_in_range(name=name, prefix=prefix, first=first, last=last, width=width, **HOW)
    run(batch)
    return CardBatch.objects.get(pk=batch.pk)


def run(batch):
    job = Job.objects.get(kind="cards", key=str(batch.pk))
    while jobs.run_chunk(id=job.pk, at=AT):
        pass


def test_a_range_is_laid_in_by_its_numbers(lan):
    batch = lay_in(8, 11)
    assert (batch.count, batch.made, batch.clashes) == (4, 4, 0)
    assert list(Card.objects.order_by("number").values_list("number", flat=True)) == [
        "VIP000008",
        "VIP000009",
        "VIP000010",
        "VIP000011",
    ]
    assert Job.objects.get(kind="cards").state == "done"


def test_a_hundred_thousand_cards_come_in_chunks_that_go_on_after_a_kill(db):
    batch = card_stock.lay_in_range(name="Lớn", prefix="T", first=1, last=100_000, width=7, **HOW)
    job = Job.objects.get(kind="cards")
    assert jobs.run_chunk(id=job.pk, at=AT)
    assert jobs.run_chunk(id=job.pk, at=AT)
    assert Card.objects.count() == 2 * card_stock.CHUNK  # killed here: the cursor says where it was
    run(batch)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(number), max(number) FROM members_card")
        assert cursor.fetchone() == (100_000, "T0000001", "T0100000")
    batch.refresh_from_db()
    assert (batch.made, batch.clashes) == (100_000, 0)


def test_numbers_that_are_somewhere_already_are_counted_and_left_alone(lan):
    lay_in(1, 3)
    changing.replace_card(member_id=lan.pk, card="VIP000005", **HOW)
    batch = lay_in(2, 6, name="Hai")
    assert (batch.made, batch.clashes) == (2, 3)
    assert finding.by_card("VIP-000005") == lan


def test_a_list_is_laid_in_whole_or_not_at_all(lan):
    batch = card_stock.lay_in_list(name="Cũ", numbers=["77 123", "KH-0099", "77123", "", "  "], **HOW)
    assert (batch.count, batch.made) == (2, 2)
    for numbers in (["0099", "x"], [], ["có dấu"], ["1" * 40]):
        with pytest.raises(BatchUnreadable):
            card_stock.lay_in_list(name="Sai", numbers=numbers, **HOW)
    assert CardBatch.objects.count() == 1


@pytest.mark.parametrize(
    "told",
    [
        {"name": " "},
        {"name": "x" * 121},
        {"first": 5, "last": 4},
        {"first": -1},
        {"last": 2_000_001},
        {"width": 0},
        {"last": 1_000_000, "width": 6},
        {"prefix": "đỏ"},
        {"prefix": "LM", "width": 12, "first": 1, "last": 2},  # our own numbering has a check digit
    ],
)
def test_a_range_that_makes_no_cards_is_refused(db, told):
    with pytest.raises(BatchUnreadable):
        card_stock.lay_in_range(**{"name": "Thẻ", "prefix": "V", "first": 1, "last": 9, "width": 6, **HOW, **told})


def test_a_blank_card_finds_nobody_until_its_first_use_makes_it_hers(lan):
    lay_in()
    assert finding.by_card("VIP000003") is None
    assert card_stock.state_of(number="VIP-000003").kind == "blank"
    cards.activate(member_id=lan.pk, number="vip 000003", **HOW)
    assert finding.by_card("VIP000003") == lan
    card = Card.objects.get(number="VIP000003")
    assert (card.state, card.member_id, card.activated_by) == ("active", lan.pk, "user:1")
    # the card of the first day still names her
    assert Identifier.objects.filter(member=lan, kind="card", until_at__isnull=True).count() == 2
    cards.activate(member_id=lan.pk, number="VIP000003", **HOW)
    assert Event.objects.filter(type="card.activated").count() == 1


def test_a_card_is_one_persons_on_a_shared_account(lan):
    lay_in()
    husband = people.add(member_id=lan.pk, first_name="Bin", relation="spouse", **HOW)
    cards.activate(member_id=lan.pk, number="VIP000001", person_id=husband.pk, **HOW)
    assert Card.objects.get(number="VIP000001").person == husband
    with pytest.raises(people.PersonUnknown):
        cards.activate(member_id=MemberFactory().pk, number="VIP000002", person_id=husband.pk, **HOW)


def test_a_card_goes_to_one_member_however_it_is_given(lan):
    lay_in()
    hoa = joining.join(name="Hoa", phone="0909090909", card="VIP000001", joined_via="counter", **HOW)
    assert Card.objects.get(number="VIP000001").member == hoa
    with pytest.raises(CardNotUsable):
        cards.activate(member_id=lan.pk, number="VIP000001", **HOW)
    changing.replace_card(member_id=lan.pk, card="VIP000002", **HOW)
    assert Card.objects.get(number="VIP000002").member == lan


def test_a_blocked_card_finds_nobody_and_says_why_to_staff(lan):
    lay_in()
    cards.activate(member_id=lan.pk, number="VIP000001", **HOW)
    cards.block(number="VIP000001", reason="mất ở chợ", member_id=lan.pk, **HOW)
    assert finding.by_card("VIP000001") is None
    state = card_stock.state_of(number="VIP000001")
    assert (state.kind, state.since, state.reason) == ("blocked", AT, "mất ở chợ")
    for again in (
        lambda: cards.activate(member_id=lan.pk, number="VIP000001", **HOW),
        lambda: joining.join(name="Hoa", card="VIP000001", joined_via="counter", **HOW),
        lambda: changing.replace_card(member_id=lan.pk, card="VIP000001", **HOW),
    ):
        with pytest.raises(CardNotUsable):
            again()
    assert Event.objects.filter(type="card.blocked").count() == 1
    cards.block(number="VIP000002", reason="rách", **HOW)  # a blank one
    assert card_stock.state_of(number="VIP000002").kind == "blocked"
    assert card_stock.state_of(number="ABCD99").kind == "unknown"


def test_our_own_card_that_was_replaced_is_told_as_ended(lan):
    old = Identifier.objects.get(member=lan, kind="card").value
    changing.replace_card(member_id=lan.pk, **HOW)
    assert card_stock.state_of(number=old).kind == "ended"


def test_a_card_is_blocked_by_nobody_it_does_not_belong_to(lan):
    hoa = MemberFactory()
    number = Identifier.objects.get(member=lan, kind="card").value
    for wrong in ({"member_id": hoa.pk, "number": number}, {"number": "NOCARD1"}):
        with pytest.raises(changing.CardUnknown):
            cards.block(reason="", **wrong, **HOW)
    assert finding.by_card(number) == lan


def test_a_lost_card_is_replaced_in_one_step_or_not_at_all(lan):
    lay_in()
    cards.activate(member_id=lan.pk, number="VIP000001", **HOW)
    cards.block(number="VIP000003", reason="", **HOW)
    with pytest.raises(CardNotUsable):
        cards.replace(member_id=lan.pk, old="VIP000001", new="VIP000003", reason="mất", **HOW)
    assert finding.by_card("VIP000001") == lan
    cards.replace(member_id=lan.pk, old="VIP000001", new="VIP000002", reason="mất", **HOW)
    assert finding.by_card("VIP000001") is None
    assert finding.by_card("VIP000002") == lan


def test_the_numbers_leave_the_house_once(lan):
    batch = lay_in()
    assert len(list(card_stock.numbers_of(batch_id=batch.pk, **HOW))) == 5
    with pytest.raises(BatchUnknown):
        card_stock.numbers_of(batch_id=batch.pk, **HOW)
    batch.refresh_from_db()
    assert (batch.exported_at, batch.exported_by) == (AT, "user:1")
    waiting = card_stock.lay_in_range(name="Chưa xong", prefix="W", first=1, last=2, **HOW)
    with pytest.raises(BatchUnknown):
        card_stock.numbers_of(batch_id=waiting.pk, **HOW)


def test_one_card_shown_for_two_members_at_once_is_ones(shop_db):
    members = [MemberFactory() for _ in range(4)]
    lay_in()
    answers = at_once(
        *(lambda member=member: cards.activate(member_id=member.pk, number="VIP000001", **HOW) for member in members)
    )
    assert sum(isinstance(answer, Identifier) for answer in answers) == 1
    assert Identifier.objects.filter(value="VIP000001").count() == 1


def test_a_batch_is_judged_without_being_laid_in(db):
    card_stock.check(name="Lô 1", prefix="AB", first=1, last=3, width=4)
    card_stock.check(name="Lô 2", numbers=["AB01", "AB02"])
    for wrong in ({"first": 3, "last": 1}, {"numbers": ["?"]}, {"numbers": ["AB01"], "name": " "}):
        with pytest.raises(card_stock.BatchUnreadable):
            card_stock.check(**{"name": "Lô", **wrong})
    assert not CardBatch.objects.exists()
