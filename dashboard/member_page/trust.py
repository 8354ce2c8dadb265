"""Locking a member's points and vouchers, and taking down what somebody asks of their data."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from members import data_requests, locking
from members.models import DataRequest, Member

REFUSED = {
    "data_request_asked_already": gettext_lazy("Yêu cầu này đã có và chưa xong."),
}


class LockForm(forms.Form):
    """One thing only can be done: locking what is open, or unlocking what is locked."""

    what = forms.ChoiceField(label=gettext_lazy("Việc cần làm"), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, locked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = ("unlock", _("Mở khóa điểm và voucher")) if locked else ("lock", _("Khóa điểm và voucher"))
        self.fields["what"].choices = [choice]  # type: ignore[attr-defined]


class DataRequestForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Yêu cầu"), choices=DataRequest.Kind.choices, widget=UnfoldAdminSelectWidget
    )
    words = forms.CharField(
        label=gettext_lazy("Lời yêu cầu"),
        required=False,
        max_length=data_requests.LONGEST_WORDS,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
    )


def lock_form(member: Member, at: datetime, data: Any) -> forms.Form:
    return LockForm(data, locked=locking.is_locked(member_id=member.pk, at=at))


def lock(member: Member, said: dict[str, Any], by: str, user: int, at: datetime) -> str:
    if said["what"] == "unlock":
        locking.unlock(member_id=member.pk, reasons=locking.ALL, by=by, at=at)
        return _("Đã mở khóa.")
    locking.lock_spending(member_id=member.pk, reason=locking.Reason.STAFF, by=by, at=at)
    return _("Đã khóa điểm và voucher.")


def ask(member: Member, said: dict[str, Any], by: str, user: int, at: datetime) -> str:
    data_requests.ask(member_id=member.pk, **said, via="dashboard", by=by, at=at)
    return _("Đã ghi yêu cầu.")
