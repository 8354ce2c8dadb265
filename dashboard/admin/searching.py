"""Finding rows by the member they belong to."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from dashboard import access, people
from members import searching

FOUND_AT_MOST = 50


def member_ids(request: HttpRequest, term: str) -> list[UUID]:
    """The members a search means; none for whoever may not look members up."""
    if not access.sees_names(request.user):
        return []
    return [hit.member_id for hit in searching.search(term, limit=FOUND_AT_MOST)]


class MemberFilter(admin.SimpleListFilter):
    """`?member=<id>`: reached by a link from a member's page, shown so that it can be taken off again."""

    title = _("thành viên")
    parameter_name = "member"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        id = _uuid(request.GET.get(self.parameter_name))
        if id is None:
            return []
        shown = people.shown(request, [id]).get(id)
        return [(str(id), shown.name if shown else __("không rõ"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        id = _uuid(self.value())
        return queryset.filter(member_id=id) if id else queryset.none()


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
