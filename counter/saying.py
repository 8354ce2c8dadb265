"""The one sentence a cashier may say to this customer now, ready to be read out. Pure: from a situation to words.

The most personal thing comes first: a birthday, a gift that waits, points about to end, a long silence, the next tier.
"""

from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from loyalty.look import words

BIRTHDAY_NEAR = 7
EXPIRING_NEAR = 30
LONG_SILENCE = 60
# worth a sentence: no further away than this part of what was spent within the window
NEARLY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known of the customer. Amounts in minor units, days counted from today."""

    call_name: str
    honorific: str = ""
    points: int = 0
    points_value: int = 0
    debt: int = 0
    birthday_in: int | None = None
    voucher: str = ""
    vouchers: int = 0
    expiring: int = 0
    expiring_on: date | None = None
    expiring_in: int | None = None
    silent_days: int | None = None
    next_tier: str = ""
    next_missing: int = 0
    window_spend: int = 0
    joined_days: int | None = None


def sentence(situation: Situation) -> str:
    """Greeting and one piece of news."""
    who = address(situation)
    news = _news(situation, who=who)
    return f"{_greeting(situation, who=who)} {news}" if news else _greeting(situation, who=who, alone=True)


def address(situation: Situation) -> str:
    """`chị Lan`; in English the name alone."""
    if translation.get_language() == "en":
        return situation.call_name
    return f"{situation.honorific or 'bạn'} {situation.call_name}".strip()


def _greeting(situation: Situation, *, who: str, alone: bool = False) -> str:
    said = {"who": who}
    if situation.birthday_in == 0:
        return _("Chúc mừng sinh nhật %(who)s!") % said
    if situation.birthday_in is not None and situation.birthday_in <= BIRTHDAY_NEAR:
        return _("Sắp đến sinh nhật %(who)s rồi, chúc mừng sớm nhé!") % said
    if situation.silent_days is not None and situation.silent_days >= LONG_SILENCE:
        return _("Lâu rồi mới gặp lại %(who)s!") % said
    if situation.silent_days is None and (situation.joined_days or 0) <= 1:
        return _("Chào mừng %(who)s đến với chương trình thành viên!") % said
    if alone:
        return _("Cảm ơn %(who)s đã ghé!") % said
    return _("Chào %(who)s!") % said


def _news(situation: Situation, *, who: str) -> str:
    if situation.voucher:
        return _voucher(situation)
    if situation.expiring and situation.expiring_in is not None and situation.expiring_in <= EXPIRING_NEAR:
        return _expiring(situation)
    if situation.debt:
        return _("Tài khoản đang âm %(points)s, lần tích này sẽ trừ trước.") % {"points": words.points(situation.debt)}
    if situation.next_tier and 0 < situation.next_missing <= situation.window_spend * NEARLY:
        told = {"missing": words.money(situation.next_missing), "tier": situation.next_tier}
        return _("Chỉ còn %(missing)s nữa là lên hạng %(tier)s.") % told
    if situation.points and situation.points_value:
        told = {"points": words.points(situation.points), "value": words.money(situation.points_value)}
        return _("Mình đang có %(points)s, dùng như %(value)s.") % told
    return ""


def _voucher(situation: Situation) -> str:
    if situation.vouchers > 1:
        told = {"count": words.number(situation.vouchers), "voucher": situation.voucher}
        return _("Mình có %(count)s voucher dùng được, như %(voucher)s.") % told
    return _("Mình có voucher %(voucher)s dùng được hôm nay.") % {"voucher": situation.voucher}


def _expiring(situation: Situation) -> str:
    points = words.points(situation.expiring)
    if situation.expiring_in == 0:
        return pgettext("points", "%(points)s hết hạn hôm nay, mình dùng luôn nhé?") % {"points": points}
    told = {"points": points, "day": words.day(situation.expiring_on)}
    return _("%(points)s hết hạn ngày %(day)s, mình dùng nhé?") % told
