"""What somebody without the old phone can say to show that an account is theirs.

`settings.IDENTITY_FACTS` names every kind with the function that judges it: upper floors add what they know. A judge
answers yes or no and keeps nothing; what was said is told to nobody.
"""

from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from events.refusals import Refusal
from members import birthdays, identifying
from members.models import Identifier, Member


class Judge(Protocol):
    def __call__(self, *, member: Member, told: str, at: datetime) -> bool: ...


def kinds() -> list[str]:
    """The names of the facts there are, in the order a form asks for them."""
    return list(settings.IDENTITY_FACTS)


def is_true(kind: str, *, member: Member, told: str, at: datetime) -> bool:
    judge: Judge = import_string(settings.IDENTITY_FACTS[kind])
    return len(told) <= 200 and judge(member=member, told=told, at=at)


def matter_of(kind: str) -> str:
    """What a fact is about: the amount and the date of the last bill are one matter."""
    return "last_bill" if kind.startswith("last_bill") else kind


def birthday(*, member: Member, told: str, at: datetime) -> bool:
    """Day and month, and the year where both sides know it."""
    try:
        said = birthdays.read(told, calendar=member.birth_calendar)
    except Refusal:
        return False
    if member.birth_day is None or member.birth_unsure:
        return False
    same_year = said.year is None or member.birth_year is None or said.year == member.birth_year
    return (said.day, said.month) == (member.birth_day, member.birth_month) and same_year


def card(*, member: Member, told: str, at: datetime) -> bool:
    """The number of a card the member bears now."""
    try:
        number = identifying.card(told)
    except Refusal:
        return False
    return Identifier.objects.filter(
        member=member, kind=Identifier.Kind.CARD, value=number, until_at__isnull=True
    ).exists()
