from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from members import changing, guessing, one_time_codes
from members.models import Guess, Identifier, Member, OneTimeCode
from members.one_time_codes import CodeRefused, CodeUnreadable, NowhereToSend
from tests.factories.people import JOINED_AT, MemberFactory
from tests.members.test_racing import at_once

AT = JOINED_AT + timedelta(days=30)
PHONE, STRANGE = "0912345678", "0977777777"


@pytest.fixture
def lan(db) -> Member:
    return MemberFactory(name="Nguyễn Thị Lan", phone=PHONE)


def ask(*, at=AT, asker="203.0.113.7", purpose="sign_in", **whom):
    return one_time_codes.ask(purpose=purpose, asker=asker, at=at, **(whom or {"phone": PHONE}))


def prove(code, *, at=AT, asker="203.0.113.7", purpose="sign_in", **whom):
    return one_time_codes.prove(purpose=purpose, code=code, asker=asker, at=at, **(whom or {"phone": PHONE}))


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_that_comes_back_names_the_member_and_proves_the_phone(lan):
    asked = ask(phone="0912 345 678")
    assert (asked.kind, asked.address, asked.masked) == ("phone", "+84912345678", "091•••5678")
    proved = prove(f" {asked.code[:3]} {asked.code[3:]}", phone="+84912345678")
    assert proved.member_id == lan.pk
    assert Identifier.objects.get(member=lan, kind="phone").verified_at == AT


def test_a_code_is_good_once(lan):
    asked = ask()
    prove(asked.code)
    with pytest.raises(CodeRefused):
        prove(asked.code)


def test_five_wrong_tries_kill_a_code(lan):
    asked = ask()
    left = []
    for _ in range(5):
        with pytest.raises(CodeRefused) as refusal:
            prove(other(asked.code))
        left.append(refusal.value.details["left"])
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(CodeRefused):
        prove(asked.code)


def test_a_new_code_replaces_the_old_and_begins_anew(lan):
    first = ask()
    for _ in range(4):
        with pytest.raises(CodeRefused):
            prove(other(first.code))
    second = ask(at=AT + timedelta(minutes=1))
    if first.code != second.code:
        with pytest.raises(CodeRefused):
            prove(first.code, at=AT + timedelta(minutes=1))
    assert prove(second.code, at=AT + timedelta(minutes=1)).member_id == lan.pk
    assert OneTimeCode.objects.count() == 1


def test_a_code_is_good_for_five_minutes(lan):
    asked = ask()
    assert asked.expires_at == AT + timedelta(minutes=5)
    with pytest.raises(CodeRefused):
        prove(asked.code, at=AT + timedelta(minutes=5))
    assert prove(asked.code, at=AT + timedelta(minutes=4, seconds=59))


def test_a_clock_put_back_gives_no_code_a_longer_life(lan):
    ahead = ask(at=AT + timedelta(days=300))
    with pytest.raises(CodeRefused):
        prove(ahead.code, at=AT)
    # and what was asked for ahead of time keeps nobody from asking now
    assert prove(ask().code).member_id == lan.pk


def test_a_code_opens_only_what_it_was_asked_for(lan):
    asked = ask(purpose="spend", member_id=lan.pk)
    for wrong in ({"purpose": "sign_in"}, {"purpose": "spend"}, {"purpose": "confirm", "member_id": lan.pk}):
        with pytest.raises(CodeRefused):
            prove(asked.code, **wrong)
    assert prove(asked.code, purpose="spend", member_id=lan.pk).member_id == lan.pk


def test_a_practice_code_says_nothing_of_the_live_member(lan):
    asked = ask(phone=PHONE, practice=True)
    with pytest.raises(CodeRefused):
        prove(asked.code)
    assert prove(asked.code, phone=PHONE, practice=True).member_id is None


def test_neither_the_code_nor_the_phone_stands_in_the_table(lan):
    asked = ask()
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM members_onetimecode c")
        ((row,),) = cursor.fetchall()
    for secret in (asked.code, asked.code.encode().hex(), "912345678", b"+84912345678".hex()):
        assert secret not in row


def test_a_strange_phone_is_answered_like_a_members_by_the_same_statements(lan):
    answers, statements = [], []
    for phone in (PHONE, STRANGE):
        with CaptureQueriesContext(connection) as queries:
            asked = ask(phone=phone)
        answers.append((asked.kind, len(asked.code), asked.expires_at, asked.member_id))
        with CaptureQueriesContext(connection) as tries, pytest.raises(CodeRefused) as refusal:
            prove(other(asked.code), phone=phone)
        answers[-1] += (refusal.value.details,)
        statements.append([query["sql"].split("_x")[0][:40] for query in [*queries, *tries]])
    assert answers[0] == answers[1]
    assert statements[0] == statements[1]


def test_a_strange_phone_that_is_proved_names_nobody(lan):
    asked = ask(phone=STRANGE, purpose="join")
    assert prove(asked.code, phone=STRANGE, purpose="join").member_id is None


def test_a_member_without_a_phone_is_reached_by_the_email_that_was_proved(lan):
    changing.move_email(member_id=lan.pk, email="lan@example.vn", verified=False, by="user:1", at=AT)
    Identifier.objects.filter(member=lan, kind="phone").update(until_at=AT)
    with pytest.raises(NowhereToSend):
        ask(member_id=lan.pk)
    # an e-mail that nobody proved signs nobody in
    asked = ask(email="LAN@example.vn")
    assert prove(asked.code, email="lan@example.vn").member_id is None
    changing.move_email(member_id=lan.pk, email="lan@example.vn", verified=True, by="user:1", at=AT)
    asked = ask(member_id=lan.pk)
    assert (asked.kind, asked.address, asked.masked) == ("email", "lan@example.vn", "l•••@example.vn")
    asked = ask(email="lan@example.vn")
    assert prove(asked.code, email="lan@example.vn").member_id == lan.pk


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", "1\x00" * 6, "9" * 100, None])
def test_what_is_no_code_is_refused_without_a_try(lan, code):
    asked = ask()
    with pytest.raises(CodeUnreadable):
        prove(code)
    assert OneTimeCode.objects.get().tries == 0
    assert prove(asked.code)


def test_one_phone_gets_three_codes_in_five_minutes_and_ten_in_a_day(lan):
    for asker in range(3):
        ask(asker=f"203.0.113.{asker}")
    with pytest.raises(guessing.TooManyGuesses) as refusal:
        ask(asker="203.0.113.9", phone="+84 912 345 678")
    assert refusal.value.details["retry_after"] == 301
    ask(phone=STRANGE)
    at = AT
    for _ in range(7):
        at += timedelta(minutes=6)
        ask(at=at)
    with pytest.raises(guessing.TooManyGuesses):
        ask(at=at + timedelta(minutes=6))
    assert ask(at=AT + timedelta(days=1, minutes=1))


def test_one_asker_gets_sixty_codes_in_an_hour_for_whomever(db):
    for number in range(60):
        ask(phone=f"09123450{number:02d}")
    with pytest.raises(guessing.TooManyGuesses):
        ask(phone=STRANGE)
    assert ask(phone=STRANGE, asker="device:1")


def test_the_house_sends_so_many_codes_in_an_hour_and_no_more(db, monkeypatch):
    monkeypatch.setattr(one_time_codes, "IN_ALL", (4, timedelta(hours=1)))
    for number in range(4):
        ask(phone=f"091234500{number}", asker=f"203.0.113.{number}")
    with pytest.raises(guessing.TooManyGuesses):
        ask(phone=STRANGE, asker="203.0.113.99")
    assert OneTimeCode.objects.count() == 4


def test_who_guesses_at_many_codes_is_stopped_and_the_right_one_is_forgiven(lan):
    for number in range(29):
        phone = f"09123450{number:02d}"
        asked = ask(phone=phone, asker="device:1")
        with pytest.raises(CodeRefused):
            prove(other(asked.code), phone=phone)
    prove(ask(asker="device:1").code)  # right: not counted
    asked = ask(phone=STRANGE, asker="device:1")
    with pytest.raises(CodeRefused):
        prove(other(asked.code), phone=STRANGE)
    with pytest.raises(guessing.TooManyGuesses):
        prove(asked.code, phone=STRANGE)
    assert prove(asked.code, phone=STRANGE, asker="203.0.113.50").member_id is None


def test_old_codes_and_tries_are_forgotten(lan):
    ask()
    ask(phone=STRANGE, at=AT + timedelta(days=2))
    assert OneTimeCode.objects.count() == 1
    assert not Guess.objects.filter(at__lt=AT + timedelta(days=1)).exists()


def test_a_member_who_is_erased_leaves_no_code(lan):
    asked, spend = ask(), ask(purpose="spend", member_id=lan.pk)
    one_time_codes.forget(member_id=lan.pk)
    assert not OneTimeCode.objects.exists()
    for code, whom in ((asked.code, {}), (spend.code, {"purpose": "spend", "member_id": lan.pk})):
        with pytest.raises(CodeRefused):
            prove(code, **whom)


def test_a_try_is_committed_before_it_is_judged(shop_db):
    asked = ask()
    with pytest.raises(RuntimeError), transaction.atomic():
        prove(asked.code)
    with pytest.raises(CodeRefused):
        prove(other(asked.code))
    assert OneTimeCode.objects.get().tries == 1


def test_of_parallel_tries_with_the_right_code_one_wins(shop_db):
    asked = ask()
    answers = at_once(*[lambda: prove(asked.code)] * 5)
    assert sum(isinstance(answer, one_time_codes.Proved) for answer in answers) == 1


def test_parallel_guesses_have_five_tries_together(shop_db):
    asked = ask()
    wrong = [f"{(int(asked.code) + n) % 1_000_000:06d}" for n in range(1, 9)]
    answers = at_once(*(lambda code=code: prove(code) for code in wrong))
    assert sorted(answer.details["left"] for answer in answers) == [0, 0, 0, 0, 1, 2, 3, 4]
    with pytest.raises(CodeRefused):
        prove(asked.code)


def test_parallel_asking_leaves_one_code_and_sends_no_more_than_three(shop_db):
    answers = at_once(*[ask] * 6)
    assert sum(isinstance(answer, one_time_codes.Asked) for answer in answers) == 3
    assert OneTimeCode.objects.count() == 1
