"""What staff did, read back from two places and put in one order: histories of tables, and events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pghistory.models
from django.apps import apps
from django.db.models import Model, OuterRef, Q, Subquery
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard import linking, wording
from events.models import STAFFS_DOINGS, Event
from loyalty.models import Entry, Purchase
from members.models import Member
from members.models.user import SECOND_FACTOR_TAKEN_OFF

# The noun under which events stand in the filter; tables stand under their own names.
OF_EVENTS = {
    "points": (gettext_lazy("điểm cộng/trừ tay"), ("points.adjusted",)),
    "bills": (
        gettext_lazy("hóa đơn"),
        ("purchase.reviewed", "purchase.moved", "purchase.claimed", "purchases.imported"),
    ),
    "people": (
        gettext_lazy("hồ sơ thành viên"),
        ("member.changed", "member.closed", "member.erased", "members.imported"),
    ),
    "consents": (gettext_lazy("sự đồng ý"), ("consent.given", "consent.withdrawn")),
    "vouchers": (gettext_lazy("voucher"), ("voucher.issued", "voucher.voided")),
}
# Columns that say nothing to a person, or that nobody may read.
SILENT = {"id", "password", "policies_version", "salt", "pin_hash", "secret", "token_hash", "sign_in_round"}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`noun`: "" for everything, a table's label, or a key of OF_EVENTS. Half-open: since ≤ at < before."""

    person: int | None = None
    noun: str = ""
    since: datetime | None = None
    before: datetime | None = None

    def period(self, field: str) -> Q:
        where = Q()
        if self.since:
            where &= Q(**{f"{field}__gte": self.since})
        if self.before:
            where &= Q(**{f"{field}__lt": self.before})
        return where


@dataclass(frozen=True, kw_only=True)
class Line:
    at: datetime
    who: str
    did: str
    about: Any
    changes: str

    @property
    def when(self) -> str:
        return wording.moment(self.at)


def nouns() -> list[tuple[str, Any]]:
    tables = [(model._meta.label_lower, model._meta.verbose_name) for model in sorted(_tracked(), key=_name)]
    return [*((key, words) for key, (words, _types) in OF_EVENTS.items()), *tables]


def _name(model: type[Model]) -> str:
    return str(model._meta.verbose_name)


def _tracked() -> dict[type[Model], Any]:
    """Each table with a history, and the table of its history."""
    found: dict[type[Model], Any] = {}
    for model in apps.get_models():
        tracked: Any = getattr(model, "pgh_tracked_model", None)
        if tracked is not None and issubclass(model, pghistory.models.Event):
            found[tracked] = model
    return found


def read(asked: Asked, *, limit: int) -> tuple[list[Line], bool]:
    """The newest lines, and whether there are older ones. Lines of one moment are never parted by a page's end."""
    found: list[tuple[datetime, Any]] = [(event.recorded_at, event) for event in _events(asked, limit + 1)]
    for model, history in _tracked().items():
        if asked.noun in ("", model._meta.label_lower):
            found += [(row.pgh_created_at, row) for row in _history(history, asked, limit + 1)]
    found.sort(key=lambda one: one[0], reverse=True)
    more = len(found) > limit
    if more:
        edge = found[limit][0]
        found = [one for one in found[:limit] if one[0] > edge] or found[:limit]
    return _lines([row for _at, row in found]), more


def _events(asked: Asked, limit: int) -> list[Event]:
    if asked.noun and asked.noun not in OF_EVENTS:
        return []
    rows = Event.objects.filter(STAFFS_DOINGS).filter(asked.period("recorded_at"))
    if asked.noun:
        rows = rows.filter(type__in=OF_EVENTS[asked.noun][1])
    if asked.person:
        rows = rows.filter(by=f"user:{asked.person}")
    return list(rows.order_by("-id")[:limit])


def _history(history: Any, asked: Asked, limit: int) -> list[Any]:
    rows = history.objects.filter(asked.period("pgh_created_at")).select_related("pgh_context")
    if asked.person:
        rows = rows.filter(pgh_context__metadata__user=asked.person)
    earlier = history.objects.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"))
    rows = rows.annotate(before_id=Subquery(earlier.order_by("-pgh_id").values("pgh_id")[:1]))
    found = list(rows.order_by("-pgh_id")[:limit])
    before = history.objects.in_bulk([row.before_id for row in found if row.before_id]) if found else {}
    for row in found:
        row.before = before.get(row.before_id)
    return found


def _lines(rows: list[Any]) -> list[Line]:
    events = [row for row in rows if isinstance(row, Event)]
    actors = wording.Actors([event.by for event in events] + [f"user:{_user(row)}" for row in rows if _user(row)])
    ids = [event.member_id for event in events if event.member_id is not None]
    members = dict(Member.objects.filter(pk__in=ids).values_list("pk", "name"))
    reasons = _reasons(events)
    bills = [event.subject_id for event in events if event.subject_id and event.type.startswith("purchase.")]
    receipts = dict(Purchase.objects.filter(pk__in=bills).values_list("pk", "receipt"))
    return [
        _of_event(row, actors, members, reasons, receipts) if isinstance(row, Event) else _of_row(row, actors)
        for row in rows
    ]


def _user(row: Any) -> int | None:
    context = getattr(row, "pgh_context", None)
    number = context.metadata.get("user") if context else None
    # an invitation is accepted by somebody who was nobody when the page was opened
    number = number or getattr(row, "accepted_by_id", None)
    return int(number) if number else None


def _reasons(events: Iterable[Event]) -> dict[tuple[UUID, int], str]:
    """Why points were moved by hand: it stands with the entry."""
    wanted = [(e.member_id, e.data["entry"]) for e in events if e.type == "points.adjusted" and "entry" in e.data]
    where = Q()
    for member_id, seq in wanted:
        where |= Q(member_id=member_id, seq=seq)
    rows = Entry.objects.filter(where).values_list("member_id", "seq", "reason") if wanted else []
    return {(member_id, seq): reason for member_id, seq, reason in rows}


def _of_event(event: Event, actors: wording.Actors, members: Any, reasons: Any, receipts: Any) -> Line:
    about: Any = ""
    if event.subject_id in receipts:
        about = linking.to("loyalty_purchase", event.subject_id, receipts[event.subject_id])
    elif event.member_id in members:
        name = members[event.member_id] or wording.short(event.member_id)
        about = linking.to("members_member", event.member_id, name)
    return Line(
        at=event.recorded_at,
        who=actors.name(event.by),
        did=str(wording.EVENT_TYPES.get(event.type, event.type)),
        about=about,
        changes=_told(event, reasons.get((event.member_id, event.data.get("entry")), "")),
    )


def _told(event: Event, reason: str) -> str:
    """What the event says in numbers and words, and why."""
    data, parts = event.data, []
    if "points" in data:
        parts.append(_("%(points)s điểm") % {"points": wording.points(data["points"], signed=True)})
    if "approved" in data:
        parts.append(_("duyệt") if data["approved"] else _("từ chối"))
    if "channel" in data:
        parts.append(str(wording.CHANNELS.get(data["channel"], data["channel"])))
    for count in ("members", "bills"):
        if isinstance(data.get(count), int):
            parts.append(wording.points(data[count]))
    if reason:
        parts.append(reason)
    return ", ".join(parts)


def _of_row(row: Any, actors: wording.Actors) -> Line:
    model, user = row.pgh_tracked_model, _user(row)
    added = row.pgh_label.startswith("insert")
    return Line(
        at=row.pgh_created_at,
        who=actors.name(f"user:{user}") if user else _("hệ thống"),
        did=_deed(row.pgh_label),
        about=format_html("{} {}", model._meta.verbose_name, _named(row)),
        changes="" if added else _differences(row, model),
    )


def _deed(label: str) -> str:
    if label == SECOND_FACTOR_TAKEN_OFF:
        return _("gỡ xác thực hai bước")
    return _("thêm") if label.startswith("insert") else _("sửa")


def _named(row: Any) -> str:
    """The name people know the row by, or its number."""
    for name in ("name", "name_vi", "username", "code", "prefix"):
        if getattr(row, name, ""):
            return str(getattr(row, name))
    return str(row.pgh_obj_id)


def _differences(row: Any, model: type[Model]) -> str:
    """`tên: Quận 1 → Quận 3`, one after the other."""
    labels = {field.attname: str(field.verbose_name) for field in model._meta.fields}
    parts = []
    for name, label in labels.items():
        if name in SILENT or not hasattr(row, name) or row.before is None:
            continue
        old, new = getattr(row.before, name), getattr(row, name)
        if old != new:
            parts.append(f"{label}: {_plain(old)} → {_plain(new)}")
    return "; ".join(parts)


def _plain(value: Any) -> str:
    if value is None or value == "" or value == []:
        return wording.NOTHING
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, datetime):
        return wording.moment(value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)[:80]
