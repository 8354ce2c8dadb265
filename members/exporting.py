"""Everything the house knows of one member, for that member: as one JSON, as pages a person can read, and as tables.

`settings.PERSONAL_DATA` names the functions that tell a part each, floor by floor. Where somebody else is concerned
(a cashier, a contact person) there are ids only.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.encoding import force_str
from django.utils.module_loading import import_string
from django.utils.translation import gettext as __

from events import outbox
from members import changing
from members.models import Member

# a spreadsheet would run what begins so
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class Section:
    """One table of what is known. `columns`: key of a row → its heading, perhaps translated lazily."""

    key: str
    title: Any
    columns: Mapping[str, Any]
    rows: list[dict[str, Any]] = field(default_factory=list)


def section(key: str, title: Any, rows: QuerySet[Any], columns: Mapping[str, Any]) -> Section:
    """A section that shows columns of a table as they stand."""
    return Section(key=key, title=title, columns=columns, rows=list(rows.values(*columns)))


def sections(*, member_id: UUID) -> list[Section]:
    """All parts, from the registry. Raises MemberGone for nobody, or somebody who was erased."""
    member = Member.objects.filter(pk=member_id).exclude(status=Member.Status.ERASED).first()
    if member is None:
        raise changing.MemberGone
    return [part for dotted in settings.PERSONAL_DATA for part in import_string(dotted)(member=member)]


def as_data(*, member_id: UUID, at: datetime) -> dict[str, Any]:
    """One JSON-able dict: section → rows, in plain values."""
    told = {part.key: [_plain(row) for row in part.rows] for part in sections(member_id=member_id)}
    return {"member": str(member_id), "exported_at": at.isoformat(), **told}


def as_json(*, member_id: UUID, at: datetime) -> str:
    return json.dumps(as_data(member_id=member_id, at=at), ensure_ascii=False, indent=2)


def as_zip(*, member_id: UUID, language: str, at: datetime) -> bytes:
    """data.json, index.html to be read, and one CSV for each part that has rows."""
    parts = sections(member_id=member_id)
    data: dict[str, Any] = {"member": str(member_id), "exported_at": at.isoformat()}
    data |= {part.key: [_plain(row) for row in part.rows] for part in parts}
    packed = io.BytesIO()
    with translation.override(language), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2))
        archive.writestr("index.html", render_to_string("members/export.html", _page(parts, language, at)))
        for part in parts:
            if part.rows:
                archive.writestr(f"{part.key}.csv", "\ufeff" + _table(part))
    return packed.getvalue()


def told(*, member_id: UUID, by: str, at: datetime, request_id: str = "") -> None:
    """Writes down that somebody was handed this member's data."""
    outbox.record(
        type="member.exported", member_id=member_id, subject_id=member_id, data={}, at=at, by=by, request_id=request_id
    )


def _page(parts: Iterable[Section], language: str, at: datetime) -> dict[str, Any]:
    return {
        "language": language,
        "at": at,
        "parts": [
            {
                "title": force_str(part.title),
                "headings": [force_str(heading) for heading in part.columns.values()],
                "rows": [[_shown(row[key]) for key in part.columns] for row in part.rows],
            }
            for part in parts
        ],
    }


def _table(part: Section) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([force_str(heading) for heading in part.columns.values()])
    for row in part.rows:
        writer.writerow([_cell(row[key]) for key in part.columns])
    return text.getvalue()


def _cell(value: Any) -> str:
    shown = _shown(value)
    return f"'{shown}" if shown.startswith(_FORMULA) and not isinstance(value, int | Decimal) else shown


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return __("có") if value else __("không")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, dict | list):
        return json.dumps(_plain(value), ensure_ascii=False)
    return str(value)


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case datetime() | date():
            return value.isoformat()
        case None | bool() | int() | float() | str():
            return value
    return str(value)
