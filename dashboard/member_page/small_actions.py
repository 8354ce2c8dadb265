"""What a single button on a member's page does: pins and takes away notes, drops a tag, shows the numbers in full."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from dashboard import wording
from dashboard.tables import Table
from events.refusals import Refusal
from members import showing
from members.models import Identifier, Member
from members.relationship import labels, notes


def note(member: Member, said: Mapping[str, Any], *, user_id: int, at: datetime) -> str:
    """`do`: pin, unpin or remove. Raises Http404 for a note that is not of this member or not theirs to see."""
    if str(said.get("note")) not in {str(row.pk) for row in notes.of_member(member_id=member.pk, user_id=user_id)}:
        raise Http404
    note_id = UUID(str(said["note"]))
    try:
        if said.get("do") == "remove":
            notes.remove(note_id=note_id, user_id=user_id, by=f"user:{user_id}", at=at)
            return _("Đã bỏ ghi chú.")
        notes.pin(note_id=note_id, pinned=said.get("do") == "pin", user_id=user_id)
    except Refusal:
        raise Http404 from None
    return _("Đã ghim ghi chú.") if said.get("do") == "pin" else _("Đã bỏ ghim.")


def drop_tag(member: Member, said: Mapping[str, Any], *, user_id: int, at: datetime) -> str:
    """The member no longer bears the key. Raises Http404 where they do not."""
    key = str(said.get("key", ""))
    if key not in labels.borne(member_id=member.pk):
        raise Http404
    labels.take(member_id=member.pk, key=key, by=f"user:{user_id}", at=at)
    return _("Đã bỏ nhãn %(key)s.") % {"key": key}


def show_identifiers(request: HttpRequest, member: Member, *, at: datetime) -> HttpResponse:
    """The numbers in full, in place of the masked ones; that they were shown is written down."""
    try:
        rows = showing.identifiers(member_id=member.pk, by=f"user:{request.user.pk}", at=at)
    except Refusal:
        raise Http404 from None
    answer = TemplateResponse(request, "dashboard/table.html", {"table": _in_full(rows)})
    patch_cache_control(answer, no_store=True, private=True)
    return answer


def _in_full(rows: list[Identifier]) -> Table:
    return Table(
        title=_("Số điện thoại, thẻ, e-mail"),
        headings=[_("Loại"), _("Số"), _("Từ"), _("Đã xác minh")],
        rows=[
            [row.get_kind_display(), row.value, wording.moment(row.from_at), wording.moment(row.verified_at)]
            for row in rows
        ],
        empty=_("Chưa có số nào."),
    )
