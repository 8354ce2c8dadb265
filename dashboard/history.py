"""Nhật ký thao tác: who did what, when, before → after, newest first.

Two kinds of rows: changes of tables that staff edit (django-pghistory), and what staff did to points, bills, consents
and jobs, whose events are their own audit. Pages go on from a moment, never by counting.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget

from dashboard import access, trail
from dashboard.tables import Table
from dashboard.trail import Asked
from members.models import User

PER_PAGE = 50


class AskForm(forms.Form):
    """Whose doings, about what, from which day to which; everything may stay open."""

    person = forms.ModelChoiceField(
        label=gettext_lazy("Người"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("mọi người"),
        widget=UnfoldAdminSelectWidget,
    )
    noun = forms.ChoiceField(label=gettext_lazy("Về"), required=False, widget=UnfoldAdminSelectWidget)
    first = forms.DateField(label=gettext_lazy("Từ ngày"), required=False, widget=UnfoldAdminSingleDateWidget)
    last = forms.DateField(label=gettext_lazy("Đến ngày"), required=False, widget=UnfoldAdminSingleDateWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["person"]
        people.queryset = User.objects.filter(groups__isnull=False).distinct().order_by("username")
        nouns: Any = self.fields["noun"]
        nouns.choices = [("", _("mọi thứ")), *trail.nouns()]

    def asked(self, *, before: datetime | None) -> Asked:
        said = self.cleaned_data if self.is_valid() else {}
        last = said.get("last")
        ends = [moment for moment in (before, last and _midnight(last + timedelta(days=1))) if moment]
        first = said.get("first")
        person = said.get("person")
        return Asked(
            person=person.pk if person else None,
            noun=said.get("noun") or "",
            since=_midnight(first) if first else None,
            before=min(ends) if ends else None,
        )


def page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    if not access.may(request.user, "view", "history"):
        raise PermissionDenied
    form = AskForm(request.GET)
    before = _moment(request.GET.get("before", ""))
    lines, more = trail.read(form.asked(before=before), limit=PER_PAGE)
    asked = request.GET.copy()
    asked.pop("before", None)
    newest = asked.urlencode()
    if lines:
        asked["before"] = lines[-1].at.isoformat()
    context = {
        **site.each_context(request),
        "title": _("Nhật ký thao tác"),
        "form": form,
        "table": Table(
            title="",
            headings=[_("Lúc"), _("Người"), _("Việc"), _("Về"), _("Thay đổi")],
            rows=[[line.when, line.who, line.did, line.about, line.changes] for line in lines],
            empty=_("Chưa có thao tác nào."),
        ),
        "older": asked.urlencode() if more else "",
        "newest": newest if before else None,
    }
    return TemplateResponse(request, "dashboard/history.html", context)


def _moment(text: str) -> datetime | None:
    try:
        read = parse_datetime(text)
    except ValueError:
        return None
    return read if read and timezone.is_aware(read) else None


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
