"""Two tills, one customer: real connections that meet at the same instant."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from events.models import Event
from events.refusals import Refusal
from members import changing, identifying, joining
from members.models import Identifier, Member, NameToken
from tests.factories.people import JOINED_AT, MemberFactory

TILLS = 6


def at_once(*commands: Callable[[], object]) -> list[object]:
    """What each command answers or refuses, all begun together, each on a connection of its own."""
    start = Barrier(len(commands))

    def run(command: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return command()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(run, commands))


@pytest.mark.parametrize("round", range(5))
def test_one_phone_enrolled_at_every_till_at_once_is_one_member(shop_db, round):
    answers = at_once(*[lambda: MemberFactory(name="Nguyễn Thị Lan", phone="0912345678")] * TILLS)
    assert sum(isinstance(answer, Member) for answer in answers) == 1
    assert sum(isinstance(answer, joining.MemberExists) for answer in answers) == TILLS - 1
    assert Member.objects.count() == Event.objects.count() == 1
    assert Identifier.objects.count() == 2
    assert NameToken.objects.count() == 4


def test_live_and_practice_enrol_the_same_phone_at_once(shop_db):
    answers = at_once(
        *(lambda practice=practice: MemberFactory(phone="0912345678", practice=practice) for practice in (False, True))
    )
    assert all(isinstance(answer, Member) for answer in answers)


def test_a_number_two_members_want_at_once_goes_to_one(shop_db):
    members = [MemberFactory() for _ in range(TILLS)]

    def take(member: Member) -> Identifier:
        return changing.move_phone(
            member_id=member.pk, phone="0909090909", verified=True, by="system", at=JOINED_AT.replace(month=2)
        )

    answers = at_once(*(lambda member=member: take(member) for member in members))
    assert sum(isinstance(answer, Identifier) for answer in answers) == 1
    assert sum(isinstance(answer, changing.IdentifierTaken) for answer in answers) == TILLS - 1
    # who did not get it kept the own phone
    assert Identifier.objects.filter(kind="phone", until_at__isnull=True).count() == TILLS


def test_two_changes_of_one_members_phone_leave_one_phone(shop_db):
    lan = MemberFactory()

    def move(number: int) -> Identifier:
        return changing.move_phone(
            member_id=lan.pk, phone=f"090900000{number}", verified=True, by="system", at=JOINED_AT.replace(month=2)
        )

    answers = at_once(*(lambda number=number: move(number) for number in range(TILLS)))
    assert all(isinstance(answer, Identifier) for answer in answers)
    assert Identifier.objects.filter(member=lan, kind="phone", until_at__isnull=True).count() == 1


def test_a_card_we_drew_that_is_taken_is_drawn_again(db, monkeypatch):
    drawn = iter([7, 7, 7, 8])
    monkeypatch.setattr(identifying.secrets, "randbelow", lambda bound: next(drawn))
    lan, minh = MemberFactory(), MemberFactory()
    cards = dict(Identifier.objects.filter(kind="card").values_list("member_id", "value"))
    assert cards == {lan.pk: identifying.card_of(7), minh.pk: identifying.card_of(8)}
