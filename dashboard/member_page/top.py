"""The top of a member's page: who this is, where they stand, what to know before saying hello."""

from datetime import date, datetime, timedelta
from typing import Any

import lunar_vn
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.models import MemberState
from dashboard import access, people, wording
from loyalty import queries
from members import locking
from members.models import Case, Member
from members.relationship import contacts, labels, threads

BIRTHDAY_NEAR = 14
RHYTHM_FROM = 3  # visits below which there is no rhythm to speak of


def context(request: HttpRequest, member: Member, *, at: datetime) -> dict[str, Any]:
    balance = queries.balance(member.pk, at=at)
    standing = queries.standing(member.pk, at=at, tier_id=balance.tier_id)
    currency = wording.currency()
    state = MemberState.objects.filter(pk=member.pk).first()
    today = timezone.localdate(at)
    open_cases = threads.of_member(member_id=member.pk, not_closed=True, limit=5)
    contact = contacts.of_member(member_id=member.pk)
    return {
        "member": member,
        "initials": people.initials(member.name),
        "called": f"{member.honorific} {member.call_name}".strip(),
        "gone": member.status != Member.Status.ACTIVE,
        "points": {
            "available": wording.points(-balance.debt if balance.debt else balance.available),
            "debt": bool(balance.debt),
            "note": _points_note(balance),
        },
        "tier": _tier(standing, currency),
        "visits": _visits(state, today),
        "value": {
            "revenue": wording.short_money(state.revenue if state else 0, currency=currency),
            "visits": state.visits if state else 0,
        },
        "contact": contact,
        "flags": [*_lock_flag(member, at), *_case_flags(open_cases, at), *_birthday_flag(member, today)],
        "tags": labels.borne(member_id=member.pk),
        "may_tag": access.may(request.user, "change", "member"),
    }


def _points_note(balance: queries.Balance) -> str:
    if balance.next_expiry_on:
        return _("%(points)s điểm hết hạn ngày %(day)s") % {
            "points": wording.points(balance.next_expiry_points),
            "day": wording.day(balance.next_expiry_on),
        }
    return _("Chờ cộng %(pending)s, tạm giữ %(held)s") % {
        "pending": wording.points(balance.pending),
        "held": wording.points(balance.held),
    }


def _tier(standing: queries.TierStanding, currency: str) -> dict[str, Any]:
    note = standing.next_tier and _("Còn %(money)s nữa là lên %(tier)s") % {
        "money": wording.money(standing.next_missing, currency=currency),
        "tier": wording.tier_name(standing.next_tier),
    }
    reached = standing.window_spend + standing.next_missing
    return {
        "name": wording.tier_name(standing.tier),
        "color": standing.tier.color,
        "note": note or (_("Hạng cao nhất") if not standing.next_tier else ""),
        "share": round(100 * standing.window_spend / reached) if standing.next_tier and reached else None,
    }


def _visits(state: MemberState | None, today: date) -> dict[str, Any]:
    """When they last bought, how often they do, and whether they are late by their own rhythm."""
    if state is None or state.last_on is None or state.first_on is None:
        return {"last": _("chưa mua lần nào"), "rhythm": "", "late": False}
    silent = (today - state.last_on).days
    last = _("hôm nay") if silent <= 0 else ngettext("%(n)s ngày trước", "%(n)s ngày trước", silent) % {"n": silent}
    if state.visits < RHYTHM_FROM:
        return {"last": last, "rhythm": "", "late": False}
    every = (state.last_on - state.first_on).days / (state.visits - 1)
    rhythm = _("thường %(n)s ngày một lần") % {"n": wording.decimal(every)}
    return {"last": last, "rhythm": rhythm, "late": silent > max(7.0, 2 * every)}


def _lock_flag(member: Member, at: datetime) -> list[dict[str, str]]:
    if not locking.is_locked(member_id=member.pk, at=at):
        return []
    return [{"icon": "lock", "words": _("Đang khóa dùng điểm"), "kind": "bad", "tab": "profile"}]


def _case_flags(open_cases: list[Case], at: datetime) -> list[dict[str, str]]:
    if not open_cases:
        return []
    late = any(case.close_due_at < at or (case.answer_due_at and case.answer_due_at < at) for case in open_cases)
    words = ngettext("%(n)s phiếu chưa đóng", "%(n)s phiếu chưa đóng", len(open_cases)) % {"n": len(open_cases)}
    if late:
        words += ", " + _("trễ hạn")
    return [{"icon": "support_agent", "words": words, "kind": "bad" if late else "warn", "tab": "cases"}]


def _birthday_flag(member: Member, today: date) -> list[dict[str, str]]:
    days = _days_to_birthday(member, today)
    if days is None:
        return []
    words = (
        _("Hôm nay là sinh nhật")
        if days == 0
        else ngettext("Sinh nhật sau %(n)s ngày", "Sinh nhật sau %(n)s ngày", days) % {"n": days}
    )
    return [{"icon": "cake", "words": words, "kind": "good", "tab": "profile"}]


def _days_to_birthday(member: Member, today: date) -> int | None:
    """Days until the birthday, by the calendar it is told in; None where it is not near."""
    if not member.birth_day or not member.birth_month:
        return None
    for ahead in range(BIRTHDAY_NEAR + 1):
        day = today + timedelta(days=ahead)
        if member.birth_calendar == Member.Calendar.LUNAR:
            lunar = lunar_vn.solar_to_lunar(day)
            told = (lunar.day, lunar.month)
        else:
            told = (day.day, day.month)
        if told == (member.birth_day, member.birth_month):
            return ahead
    return None
