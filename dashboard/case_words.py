"""Cases as pages of the dashboard show them: states, times, and whether they are late."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard import wording
from members.models import Case, CaseLine

# what a state looks like: the colour of its label
LOOKS = {"open": "warn", "answered": "good", "waiting": "plain", "closed": "quiet"}
# what a line of a thread is called, where the page says more than the kind's own word
TITLES = {
    "answer": gettext_lazy("trả lời khách"),
    "closed": gettext_lazy("đóng phiếu hỗ trợ"),
    "reopened": gettext_lazy("mở lại phiếu hỗ trợ"),
}
REFUSED = {
    "words_missing": gettext_lazy("Hãy viết nội dung."),
    "words_too_long": gettext_lazy("Nội dung quá dài."),
    "case_closed": gettext_lazy("Phiếu đã đóng: mở lại trước."),
    "case_not_closed": gettext_lazy("Phiếu chưa đóng."),
    "close_reason_unknown": gettext_lazy("Chọn lý do đóng phiếu."),
    "staff_unknown": gettext_lazy("Không có nhân viên này."),
    "nothing_given": gettext_lazy("Chọn số điểm hoặc voucher để tặng."),
    "adjustment_above_limit": gettext_lazy("Vượt giới hạn cộng/trừ tay của chương trình."),
    "too_many_by_hand": gettext_lazy("Hôm nay bạn đã tặng đủ số voucher cho phép."),
    "voucher_definition_ended": gettext_lazy("Loại voucher này không còn phát."),
}


def shown(cases: Iterable[Case], *, at: datetime) -> list[dict[str, Any]]:
    """What a list or card shows of each case."""
    return [one(case, at=at) for case in cases]


def one(case: Case, *, at: datetime) -> dict[str, Any]:
    return {
        "id": case.pk,
        "link": reverse("admin:members_case_change", args=[case.pk]),
        "subject": case.subject or str(case.get_kind_display()),
        "kind": case.get_kind_display(),
        "state": case.get_state_display(),
        "look": "bad" if is_late(case, at=at) else LOOKS[case.state],
        "due": due(case, at=at),
        "owner": str(case.owner) if case.owner else _("chưa ai nhận"),
        "opened": wording.moment(case.opened_at),
        "closed": case.is_closed,
    }


def is_late(case: Case, *, at: datetime) -> bool:
    if case.is_closed:
        return False
    return case.close_due_at < at or (case.answer_due_at is not None and case.answer_due_at < at)


def due(case: Case, *, at: datetime) -> str:
    """What is due next: the answer, else the end; or why it was closed."""
    if case.is_closed:
        return wording.in_language(case.reason.name_vi, case.reason.name_en) if case.reason else ""
    if case.answer_due_at is not None:
        late, words = case.answer_due_at < at, _("Trả lời trong %(time)s")
        moment = case.answer_due_at
    else:
        late, words, moment = case.close_due_at < at, _("Đóng trong %(time)s"), case.close_due_at
    if late:
        return _("Trễ %(time)s") % {"time": wording.duration(at - moment)}
    return words % {"time": wording.duration(moment - at)}


def lines(thread: list[CaseLine]) -> list[dict[str, Any]]:
    """A thread in words, who said what."""
    actors = wording.Actors([line.by for line in thread])
    return [
        {
            "kind": line.kind,
            "title": TITLES.get(line.kind, line.get_kind_display()),
            "text": line.text,
            "by": _("khách") if line.by.startswith("member:") else actors.name(line.by),
            "at": wording.moment(line.at),
            "detail": _detail(line),
            "voucher": line.voucher_id and reverse("admin:rewards_voucher_change", args=[line.voucher_id]),
        }
        for line in thread
    ]


def _detail(line: CaseLine) -> str:
    if line.kind == CaseLine.Kind.OWNER:
        return str(line.owner) if line.owner else _("không ai")
    if line.kind == CaseLine.Kind.CLOSED and line.reason:
        return wording.in_language(line.reason.name_vi, line.reason.name_en)
    if line.points:
        return _("%(points)s điểm") % {"points": wording.points(line.points, signed=True)}
    return ""
