from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from events.models import Event
from members import birthdays, changing, finding, guessing, joining, locking, moving_phone, one_time_codes, qr
from members.models import Identifier, Member, PhoneMove
from members.moving_phone import FactsWrong, MoveUnknown, MoveUnproved, TooFewFacts
from tests.factories.people import JOINED_AT, MemberFactory, StaffFactory
from tests.members.test_racing import at_once

AT = JOINED_AT + timedelta(days=30)
OLD, NEW = "0912345678", "0909090909"
MANAGER = "user:7"


@pytest.fixture
def lan(db) -> Member:
    return a_lan()


def a_lan() -> Member:
    return MemberFactory(
        name="Nguyễn Thị Lan", phone=OLD, card="VIP71", birthday=birthdays.Birthday(day=20, month=5, year=1990)
    )


def begin(member, phone=NEW, at=AT):
    return moving_phone.begin(member_id=member.pk, phone=phone, store_id=1, by="user:7", at=at)


def prove(move, *which, at=AT):
    for what in which or ("old", "new"):
        whom = {"member_id": move.member_id} if what == "old" else {"phone": move.phone}
        asked = one_time_codes.ask(purpose=f"{what}_phone", asker="device:1", at=at, **whom)
        getattr(moving_phone, f"prove_{what}")(move_id=move.pk, code=asked.code, asker="device:1", at=at)


def vouch(move, at=AT, by=MANAGER, **told):
    return moving_phone.vouch(move_id=move.pk, told=told or {"birthday": "20/5", "card": "vip-71"}, by=by, at=at)


def finish(move, at=AT):
    return moving_phone.finish(move_id=move.pk, by="user:7", at=at)


def test_two_codes_move_the_number_and_lock_the_account_for_a_day(lan):
    shown = qr.text(lan, AT)
    move = begin(lan)
    prove(move)
    done = finish(move)
    assert (done.phone, done.passed_from, done.locked_until) == ("+84909090909", None, AT + timedelta(hours=24))
    assert finding.by_phone(NEW) == lan
    assert finding.by_phone(OLD) is None
    assert locking.is_locked(member_id=lan.pk, at=AT + timedelta(hours=23))
    assert not locking.is_locked(member_id=lan.pk, at=AT + timedelta(hours=24))
    assert Identifier.objects.get(member=lan, value="+84909090909").verified_at == AT
    with pytest.raises(qr.QrRefused):
        qr.verify(shown, at=AT)
    told = Event.objects.get(type="member.phone_moved")
    old = Identifier.objects.get(member=lan, value="+84912345678")
    assert told.data == {"old": str(old.pk), "how": "codes", "move": str(move.pk)}


@pytest.mark.parametrize("proved", [(), ("old",), ("new",)])
def test_one_code_is_not_enough(lan, proved):
    move = begin(lan)
    if proved:
        prove(move, *proved)
    with pytest.raises(MoveUnproved):
        finish(move)
    assert finding.by_phone(OLD) == lan
    assert not locking.is_locked(member_id=lan.pk, at=AT)


def test_the_database_lets_no_phone_move_unproved(lan):
    move = begin(lan)
    for fields in ({"old_proved_at": AT}, {"vouched_at": AT, "vouched_by": MANAGER, "facts": ["card"]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PhoneMove.objects.filter(pk=move.pk).update(done_at=AT, phone="", **fields)


def test_without_the_old_phone_a_manager_asks_for_two_facts(lan):
    move = begin(lan)
    vouch(move)
    assert finish(move).phone == "+84909090909"
    kept = PhoneMove.objects.get()
    assert (kept.vouched_by, kept.facts, kept.phone) == (MANAGER, ["birthday", "card"], "")
    assert Identifier.objects.get(member=lan, value="+84909090909").verified_at is None
    assert Event.objects.get(type="member.phone_moved").data["how"] == "manager"


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"birthday": "20/5"}, TooFewFacts),
        ({"birthday": "20/5", "card": "  "}, TooFewFacts),
        ({"last_bill_amount": "105000", "last_bill_date": "20/11"}, TooFewFacts),
        ({"birthday": "21/5", "card": "VIP71"}, FactsWrong),
        ({"birthday": "20/5/1991", "card": "VIP71"}, FactsWrong),
        ({"birthday": "20/5", "card": "VIP72"}, FactsWrong),
        ({"birthday": "x" * 5000, "card": "VIP71"}, FactsWrong),
        ({"birthday": "20/5", "last_bill_amount": "1"}, FactsWrong),
        ({"birthday": "20/5", "name": "Lan"}, moving_phone.FactUnknown),
    ],
)
def test_what_is_not_two_facts_is_refused(lan, told, refusal):
    move = begin(lan)
    with pytest.raises(refusal):
        vouch(move, **told)
    with pytest.raises(MoveUnproved):
        finish(move)


def test_facts_cannot_be_guessed_at(lan):
    move = begin(lan)
    for day in range(1, 6):
        with pytest.raises(FactsWrong):
            vouch(move, birthday=f"{day}/5", card="VIP71")
    with pytest.raises(guessing.TooManyGuesses):
        vouch(move)
    vouch(begin(lan, at=AT + timedelta(days=1, minutes=1)), at=AT + timedelta(days=1, minutes=1))


def test_nobody_vouches_for_the_own_account(lan):
    boss = StaffFactory(username="boss")
    Member.objects.filter(pk=lan.pk).update(user=boss)
    with pytest.raises(moving_phone.NotForOneself):
        vouch(begin(lan), by=f"user:{boss.pk}")


def test_an_unsure_birthday_is_no_fact(lan):
    Member.objects.filter(pk=lan.pk).update(birth_unsure=True)
    with pytest.raises(FactsWrong):
        vouch(begin(lan))


def test_a_number_passes_to_its_new_owner_who_never_sees_the_old_account(lan):
    minh = MemberFactory(name="Trần Văn Minh", phone=NEW)
    move = begin(lan)
    prove(move)
    done = finish(move)
    assert done.passed_from == minh.pk
    assert finding.by_phone(NEW) == lan
    minh.refresh_from_db()
    assert minh.status == "active"
    assert Identifier.objects.filter(member=minh, kind="card", until_at__isnull=True).exists()
    assert Event.objects.filter(type="member.phone_passed", member_id=minh.pk).count() == 1


def test_a_managers_word_takes_no_number_from_somebody_else(lan):
    minh = MemberFactory(phone=NEW)
    move = begin(lan)
    vouch(move)
    with pytest.raises(changing.IdentifierTaken):
        finish(move)
    assert finding.by_phone(NEW) == minh
    assert finding.by_phone(OLD) == lan
    assert not locking.is_locked(member_id=lan.pk, at=AT)
    prove(move, "new")  # with the code it passes
    assert finish(move).passed_from == minh.pk


def test_who_has_another_members_number_in_hand_joins_anew(lan):
    hoa = moving_phone.join_with_passed_phone(phone=OLD, name="Phạm Thị Hoa", joined_via="portal", by="portal", at=AT)
    assert hoa != lan
    assert finding.by_phone(OLD) == hoa
    assert Identifier.objects.get(member=hoa, kind="phone").verified_at == AT
    assert Identifier.objects.filter(member=lan, kind="card", until_at__isnull=True).exists()


def test_a_joining_that_is_refused_leaves_the_number_where_it_was(lan):
    with pytest.raises(joining.NameUnreadable):
        moving_phone.join_with_passed_phone(phone=OLD, name="", joined_via="portal", by="portal", at=AT)
    assert finding.by_phone(OLD) == lan


def test_the_own_number_is_no_change_and_a_wish_lasts_half_an_hour(lan):
    with pytest.raises(moving_phone.SamePhone):
        begin(lan, "+84 912 345 678")
    move = begin(lan)
    for late in (AT + timedelta(minutes=30), AT - timedelta(days=1)):
        with pytest.raises(MoveUnknown):
            moving_phone.find(move_id=move.pk, at=late)


def test_a_new_wish_gives_up_the_old_and_nothing_keeps_the_number(lan):
    first, second = begin(lan), begin(lan, "0908080808")
    with pytest.raises(MoveUnknown):
        finish(first)
    moving_phone.give_up(move_id=second.pk, at=AT)
    assert set(PhoneMove.objects.values_list("phone", flat=True)) == {""}


def test_an_old_email_that_was_proved_stands_for_the_old_phone(lan):
    changing.move_email(member_id=lan.pk, email="lan@example.vn", verified=True, by="user:1", at=AT)
    Identifier.objects.filter(member=lan, kind="phone").update(until_at=AT)
    move = begin(lan)
    prove(move)
    finish(move)
    assert Event.objects.get(type="member.phone_moved").data["old"] is None


def test_finishing_the_same_change_at_several_doors_happens_once(shop_db):
    lan = a_lan()
    move = begin(lan)
    prove(move)
    answers = at_once(*[lambda: finish(move)] * 4)
    assert sum(isinstance(answer, moving_phone.Moved) for answer in answers) == 1
    assert sum(isinstance(answer, MoveUnknown) for answer in answers) == 3
    assert Event.objects.filter(type="member.phone_moved").count() == 1


def test_two_members_who_move_to_one_number_at_once_leave_it_with_one(shop_db):
    members = [a_lan(), MemberFactory(birthday=birthdays.Birthday(day=20, month=5), card="VIP72")]
    moves = [begin(member) for member in members]
    for move, card in zip(moves, ("VIP71", "VIP72"), strict=True):
        vouch(move, birthday="20/5", card=card)
    answers = at_once(*(lambda move=move: finish(move) for move in moves))
    assert sum(isinstance(answer, moving_phone.Moved) for answer in answers) == 1
    assert sum(isinstance(answer, changing.IdentifierTaken) for answer in answers) == 1
    assert Identifier.objects.filter(kind="phone", until_at__isnull=True).count() == 2


def test_two_members_who_swap_their_numbers_at_once_do_not_stand_in_each_others_way(shop_db):
    lan, minh = a_lan(), MemberFactory(phone=NEW)
    moves = [begin(lan), begin(minh, OLD)]
    for move in moves:
        prove(move)
    answers = at_once(*(lambda move=move: finish(move) for move in moves))
    assert all(isinstance(answer, moving_phone.Moved) for answer in answers)
    # whoever was second had lost the number meanwhile, and got the one that was proved
    assert {finding.by_phone(NEW), finding.by_phone(OLD)} == {lan, minh}
