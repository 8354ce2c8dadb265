"""How a member is named on a page: analysts see a pseudonym, everybody else the name with masked numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from dashboard import access, wording
from members import identifying
from members.models import Identifier, Member


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A member as a list shows them: name, and a masked phone or the card's end below it."""

    name: str
    below: str
    initials: str


def shown(request: HttpRequest, member_ids: Iterable[UUID | None]) -> dict[UUID, Shown]:
    """The members behind these ids, in two queries."""
    ids = {id for id in member_ids if id is not None}
    if not access.sees_names(request.user):
        return {id: Shown(name=pseudonym(id), below="", initials="#") for id in ids}
    names = dict(Member.objects.filter(pk__in=ids).values_list("pk", "name"))
    below: dict[UUID, str] = {}
    rows = Identifier.objects.filter(member_id__in=ids, kind__in=["phone", "card"], until_at=None).order_by("kind")
    for member_id, kind, value in rows.values_list("member_id", "kind", "value"):
        below[member_id] = mask(kind, value)  # ordered: a phone replaces a card
    return {
        id: Shown(name=name or _("chưa có tên"), below=below.get(id, ""), initials=initials(name))
        for id, name in names.items()
    }


def pseudonym(member_id: UUID) -> str:
    return _("Thành viên %(short)s") % {"short": wording.short(member_id)}


def initials(name: str) -> str:
    """Two letters: of the family's middle and the given name, as Vietnamese people shorten themselves."""
    return "".join(word[0] for word in name.split()[-2:]).upper() or "?"


def mask(kind: str, value: str) -> str:
    """Enough to recognise, too little to use."""
    if kind == "phone":
        return identifying.masked_phone(value)
    if kind == "email":
        return wording.masked_email(value)
    return wording.masked(value)
