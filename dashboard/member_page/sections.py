"""The sections of a member's page: each with its template and what it shows, fetched when it is looked at."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from dashboard import access, case_words, wording
from dashboard.member_page import purchases, tables, timeline
from loyalty import queries
from members.models import Feedback, Member, SurveyReply, Voice
from members.relationship import feedback, notes, threads

FIRST = "now"
TITLES = {
    "now": _("Tổng quan"),
    "account": _("Điểm"),
    "purchases": _("Hóa đơn"),
    "vouchers": _("Voucher"),
    "cases": _("Phiếu hỗ trợ"),
    "notes": _("Ghi chú"),
    "profile": _("Hồ sơ"),
}
NAMES = frozenset(TITLES)


def chosen(request: HttpRequest) -> str:
    """The tab that the address names, the first one where it names none."""
    name = request.GET.get("tab") or request.POST.get("tab") or FIRST
    return name if name in NAMES else FIRST


def context(name: str, request: HttpRequest, member: Member, *, at: datetime) -> dict[str, Any]:
    """What the section's template `dashboard/member/<name>.html` shows."""
    return {"section": f"dashboard/member/{name}.html", **SECTIONS[name](request, member, at)}


def _now(request: HttpRequest, member: Member, at: datetime) -> dict[str, Any]:
    stores, currency = wording.store_names(), wording.currency()
    return {
        "timeline": timeline.of(member.pk, before=_before(request), stores=stores, currency=currency),
        "notes": _notes(request, member, limit=4),
        "cases": case_words.shown(threads.of_member(member_id=member.pk, not_closed=True, limit=3), at=at),
    }


def _before(request: HttpRequest) -> datetime | None:
    try:
        moment = parse_datetime(request.GET.get("before", ""))
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo else None


def _account(request: HttpRequest, member: Member, at: datetime) -> dict[str, Any]:
    balance = queries.balance(member.pk, at=at)
    stores = wording.store_names()
    return {
        "balance": [
            (_("Dùng được"), wording.points(balance.available)),
            (_("Chờ cộng"), wording.points(balance.pending)),
            (_("Tạm giữ"), wording.points(balance.held)),
            (_("Điểm âm"), wording.points(-balance.debt) if balance.debt else wording.NOTHING),
        ],
        "tables": [tables.statement(member.pk, stores)],
        "pair": [tables.lots(member.pk, at), tables.tiers(member.pk)],
    }


def _purchases(request: HttpRequest, member: Member, at: datetime) -> dict[str, Any]:
    return {
        "bills": purchases.of(member.pk, stores=wording.store_names(), currency=wording.currency()),
        "all_bills": f"{reverse('admin:loyalty_purchase_changelist')}?member={member.pk}",
    }


def _vouchers(request: HttpRequest, member: Member, at: datetime) -> dict[str, Any]:
    return {"tables": [tables.vouchers(member.pk, wording.currency(), at)]}


def _cases(request: HttpRequest, member: Member, at: datetime) -> dict[str, Any]:
    replies = SurveyReply.objects.filter(member=member).select_related("version").order_by("-at")[:5]
    return {
        "cases": case_words.shown(threads.of_member(member_id=member.pk), at=at),
        "feedback": [_judged(row) for row in feedback.of_member(member_id=member.pk, limit=8)],
        "replies": [
            (wording.moment(row.at), wording.in_language(row.version.title_vi, row.version.title_en)) for row in replies
        ],
        "voice": Voice.objects.filter(member=member).order_by("-at").first(),
    }


def _judged(row: Feedback) -> dict[str, Any]:
    return {
        "score": row.score,
        "kind": "good" if row.score >= 9 else "bad" if row.score <= 6 else "plain",
        "comment": row.comment,
        "at": wording.moment(row.at),
        "bill": row.purchase_id and reverse("admin:loyalty_purchase_change", args=[row.purchase_id]),
    }


def _notes(request: HttpRequest, member: Member, *, limit: int = 50) -> list[dict[str, Any]]:
    user = request.user.pk
    return [
        {
            "id": note.pk,
            "text": note.text,
            "pinned": note.pinned,
            "seen_by": note.get_seen_by_display(),
            "author": str(note.author) if note.author else wording.NOTHING,
            "at": wording.moment(note.at),
        }
        for note in notes.of_member(member_id=member.pk, user_id=user, limit=limit)
    ]


def _all_notes(request: HttpRequest, member: Member, at: datetime) -> dict[str, Any]:
    return {"notes": _notes(request, member)}


def _profile(request: HttpRequest, member: Member, at: datetime) -> dict[str, Any]:
    stores = wording.store_names()
    return {
        "facts": tables.facts(member, stores),
        "tables": [tables.consents(member.pk, at)],
        "identifiers": tables.identifiers(member.pk),
        "may_show": may_show(request, member),
    }


def may_show(request: HttpRequest, member: Member) -> bool:
    """Whether this person may see the numbers in full: an admin, and the manager of the member's own store."""
    if not access.may(request.user, "act", "identifier"):
        return False
    stores = access.stores_of(request.user)
    return stores is None or (member.home_store_id or member.joined_store_id) in stores


SECTIONS: dict[str, Callable[[HttpRequest, Member, datetime], dict[str, Any]]] = {
    "now": _now,
    "account": _account,
    "purchases": _purchases,
    "vouchers": _vouchers,
    "cases": _cases,
    "notes": _all_notes,
    "profile": _profile,
}
