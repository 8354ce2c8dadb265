"""Nhật ký thao tác: who changed which row, from what to what (django-pghistory), newest first."""

from typing import Any

import pghistory.models
from django.apps import apps
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from dashboard import access, wording
from dashboard.paging import UncountedPaginator
from dashboard.tables import Table
from members.models import User

PER_PAGE = 50


def page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    if not access.may(request.user, "view", "history"):
        raise PermissionDenied
    rows = pghistory.models.Events.objects.order_by("-pgh_created_at")
    paginator: Paginator[Any] = UncountedPaginator(rows, PER_PAGE)
    shown = paginator.get_page(request.GET.get("p"))
    events = list(shown.object_list)
    context = {
        **site.each_context(request),
        "title": _("Nhật ký thao tác"),
        "table": _table(events),
        "page": shown,
        "more": len(events) == PER_PAGE,
    }
    return TemplateResponse(request, "dashboard/history.html", context)


def _table(events: list[Any]) -> Table:
    numbers = {_user_id(event) for event in events} - {None}
    users = User.objects.in_bulk(numbers)
    return Table(
        title="",
        headings=[_("Lúc"), _("Người"), _("Việc"), _("Dòng"), _("Thay đổi")],
        rows=[
            [
                wording.moment(event.pgh_created_at),
                str(users.get(_user_id(event) or 0, _("hệ thống"))),
                {"insert": _("thêm"), "delete": _("xóa")}.get(event.pgh_label, _("sửa")),
                f"{_noun(event)} {event.pgh_obj_id}",
                _changes(event),
            ]
            for event in events
        ],
        empty=_("Chưa có thao tác nào."),
    )


def _user_id(event: Any) -> int | None:
    number = (event.pgh_context or {}).get("user")
    return int(number) if number else None


def _noun(event: Any) -> str:
    return str(apps.get_model(event.pgh_obj_model)._meta.verbose_name)


def _changes(event: Any) -> str:
    """`tên: Quận 1 → Quận 3`, one after the other; nothing for a row that is new."""
    model = apps.get_model(event.pgh_obj_model)
    parts = []
    for name, (old, new) in (event.pgh_diff or {}).items():
        label = _fields(model).get(name, name)
        parts.append(f"{label}: {_plain(old)} → {_plain(new)}")
    return "; ".join(parts)


def _fields(model: Any) -> dict[str, str]:
    """The words for each column."""
    return {field.attname: str(field.verbose_name) for field in model._meta.fields}


def _plain(value: Any) -> str:
    if value is None or value == "":
        return wording.NOTHING
    if isinstance(value, bool):
        return _("có") if value else _("không")
    return str(value)[:80]
