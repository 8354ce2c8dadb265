"""Words that people type into a field of several lines, made fit to keep; and whom they may be written about."""

import unicodedata
from uuid import UUID

from events.refusals import Refusal
from members import identifying
from members.changing import MemberGone
from members.models import Member

LONGEST = 4000


class WordsMissing(Refusal):
    """Nothing was said where something must be."""

    code = "words_missing"


class WordsTooLong(Refusal):
    """More than fits; `longest` says how many characters do."""

    code = "words_too_long"


def kept(text: str, *, longest: int = LONGEST, required: bool = True) -> str:
    """The text with its line breaks, without what nobody sees. Raises WordsMissing, WordsTooLong."""
    lines = [identifying.clean(line) for line in unicodedata.normalize("NFC", text).replace("\r\n", "\n").split("\n")]
    words = "\n".join(lines).strip()
    if required and not words:
        raise WordsMissing
    if len(words) > longest:
        raise WordsTooLong(longest=longest)
    return words


def member(member_id: UUID, *, lock: bool = False) -> Member:
    """The active member behind the id; `lock` keeps others of the same member waiting. Raises MemberGone."""
    members = Member.objects.filter(pk=member_id, status=Member.Status.ACTIVE)
    found = (members.select_for_update(no_key=True) if lock else members).first()
    if found is None:
        raise MemberGone
    return found
