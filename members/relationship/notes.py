"""Notes of staff on a member: what the next colleague should know before saying hello."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from events import outbox
from events.refusals import Missing
from members import joining
from members.models import Note
from members.relationship import saying

LONGEST = 2000
SHOWN_AT_COUNTER = 3


class NoteUnknown(Missing):
    """No such note, or one that was taken away, or one this person may not see."""

    code = "note_unknown"


def add(
    *,
    member_id: UUID,
    text: str,
    author_id: int | None,
    seen_by: str = Note.SeenBy.OFFICE,
    pinned: bool = False,
    token: UUID | None = None,
    by: str,
    at: datetime,
    request_id: str = "",
) -> Note:
    """Writes a note; the same form (`token`) sent twice is one note. Raises WordsMissing, WordsTooLong, MemberGone."""
    words = saying.kept(text, longest=LONGEST)
    if seen_by not in Note.SeenBy.values:
        seen_by = Note.SeenBy.OFFICE
    try:
        with transaction.atomic():
            saying.member(member_id)
            note = Note.objects.create(
                member_id=member_id,
                author_id=author_id,
                text=words,
                seen_by=seen_by,
                pinned=pinned,
                at=at,
                by=by,
                token=token,
            )
            outbox.record(
                type="note.added",
                member_id=member_id,
                subject_id=note.pk,
                data={"pinned": pinned, "seen_by": str(seen_by)},
                at=at,
                by=by,
                request_id=request_id,
            )
            return note
    except IntegrityError as conflict:
        if joining.constraint_of(conflict) != "a_form_writes_one_note":
            raise
        return Note.objects.get(token=token, member_id=member_id)


def pin(*, note_id: UUID, pinned: bool, user_id: int | None) -> Note:
    """Keeps the note on top, or no longer. Raises NoteUnknown."""
    with transaction.atomic():
        note = _seen(note_id, user_id)
        note.pinned = pinned
        note.save(update_fields=["pinned"])
    return note


def remove(*, note_id: UUID, user_id: int | None, by: str, at: datetime) -> None:
    """Takes the note away: it stays in the table, nobody is shown it. Raises NoteUnknown."""
    with transaction.atomic():
        note = _seen(note_id, user_id)
        note.removed_at, note.removed_by = at, by
        note.save(update_fields=["removed_at", "removed_by"])


def of_member(*, member_id: UUID, user_id: int | None, limit: int = 50) -> list[Note]:
    """The notes this person may see in the dashboard: pinned first, then the newest."""
    notes = Note.objects.filter(member_id=member_id, removed_at__isnull=True).filter(_for(user_id))
    return list(notes.select_related("author").order_by("-pinned", "-at")[:limit])


def at_counter(*, member_id: UUID) -> list[Note]:
    """The few notes whoever stands at the counter should have read."""
    notes = Note.objects.filter(member_id=member_id, removed_at__isnull=True, seen_by=Note.SeenBy.EVERYBODY)
    return list(notes.select_related("author").order_by("-pinned", "-at")[:SHOWN_AT_COUNTER])


def _for(user_id: int | None) -> Q:
    return ~Q(seen_by=Note.SeenBy.AUTHOR) | Q(seen_by=Note.SeenBy.AUTHOR, author_id=user_id, author_id__isnull=False)


def _seen(note_id: UUID, user_id: int | None) -> Note:
    notes = Note.objects.select_for_update(no_key=True).filter(pk=note_id, removed_at__isnull=True)
    note = notes.filter(_for(user_id)).first()
    if note is None:
        raise NoteUnknown
    return note
