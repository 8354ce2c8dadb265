"""Pages of a list with perhaps millions of rows: they go on from the last row shown and are estimated, not counted."""

import json
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q
from django.db.models.options import Options
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.views import ChangeList

from dashboard import wording

AFTER, BEFORE = "after", "before"


@dataclass(kw_only=True)
class Pages:
    """What stands below the list: the way to older and newer rows, and about how many there are."""

    per_page: int
    newer: str = ""
    older: str = ""
    count: str = ""
    template_name = "dashboard/pages.html"

    def get_elided_page_range(self, number: int) -> list[int]:
        return []


class KeysetChangeList(ChangeList):
    """Walks the index of `ordering` from a cursor; an answer to a search is one page, the closest first."""

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        known = super().get_filters_params(params)
        return {name: value for name, value in known.items() if name not in (AFTER, BEFORE)}

    def get_results(self, request: HttpRequest) -> None:
        self.paginator = Pages(per_page=self.list_per_page)
        rows = self._found() if self.query else self._walk(request)
        self.result_list = rows
        self.result_count = len(rows)
        self.show_full_result_count = False
        self.full_result_count = None
        self.show_admin_actions = True
        self.can_show_all = self.multi_page = False

    def _found(self) -> list[Any]:
        rows = list(self.queryset[: self.list_per_page + 1])
        found = rows[: self.list_per_page]
        self.paginator.count = wording.points(len(found)) + ("+" if len(rows) > len(found) else "")
        return found

    def _walk(self, request: HttpRequest) -> list[Any]:
        # the admin names its ordering twice
        order = list(dict.fromkeys(str(name) for name in self.queryset.query.order_by))
        after, before = request.GET.get(AFTER), request.GET.get(BEFORE)
        rows = self.queryset
        if after or before:
            rows = rows.filter(
                _beyond(order, _cursor(self.lookup_opts, order, after or before or ""), older=bool(after))
            )
        if before and not after:
            found = list(rows.order_by(*(_turned(name) for name in order))[: self.list_per_page + 1])
        else:
            found = list(rows[: self.list_per_page + 1])
        more = len(found) > self.list_per_page
        found = found[: self.list_per_page]
        if before and not after:
            found.reverse()
        self._link(found, order, newer=bool(after) or (bool(before) and more), older=more or bool(before))
        self.paginator.count = self._estimate(len(found), alone=not (after or before or more))
        return found

    def _link(self, rows: list[Any], order: list[str], *, newer: bool, older: bool) -> None:
        if not rows:
            return
        pages: Any = self.paginator
        if newer:
            pages.newer = self.get_query_string({BEFORE: _place(rows[0], order)}, [AFTER])
        if older:
            pages.older = self.get_query_string({AFTER: _place(rows[-1], order)}, [BEFORE])

    def _estimate(self, shown: int, *, alone: bool) -> str:
        """About how many rows the filters leave, as the planner sees it; exact where one page holds them all."""
        if alone:
            return wording.points(shown)
        sql, values = self.queryset.order_by().values("pk").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
            told = cursor.fetchone()[0]
        plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
        return _("khoảng %(count)s") % {"count": wording.points(_rounded(max(int(plan["Plan Rows"]), shown)))}


def _rounded(count: int) -> int:
    """Two figures say what an estimate knows."""
    unit = 10 ** max(0, len(str(count)) - 2)
    return round(count / unit) * unit


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _place(row: Any, order: list[str]) -> str:
    values = [getattr(row, name.lstrip("-")) if name.lstrip("-") != "pk" else row.pk for name in order]
    return "~".join(value.isoformat() if hasattr(value, "isoformat") else str(value) for value in values)


def _cursor(fields: "Options[Any]", order: list[str], text: str) -> list[str]:
    """What stands in a link for each column of the order; anybody may have typed it."""
    values = text.split("~")
    if len(values) != len(order) or "\0" in text:
        raise IncorrectLookupParameters
    for name, value in zip(order, values, strict=True):
        column = name.lstrip("-")
        field: Any = fields.pk if column == "pk" else fields.get_field(column)
        try:
            field.to_python(value)
        except (ValidationError, ValueError, OverflowError) as unreadable:
            raise IncorrectLookupParameters from unreadable
    return values


def _beyond(order: list[str], values: list[str], *, older: bool) -> Q:
    """Rows after (or before) a place in the order: (a, b) > (x, y) spelt out, since directions may differ.

    The bound on the first column is said once more by itself: an index is entered by it, which no OR allows.
    """
    where, same = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field = name.lstrip("-")
        down = name.startswith("-") == older
        where |= same & Q(**{f"{field}__{'lt' if down else 'gt'}": value})
        same &= Q(**{field: value})
    first = order[0].lstrip("-")
    return where & Q(**{f"{first}__{'lte' if order[0].startswith('-') == older else 'gte'}": values[0]})
