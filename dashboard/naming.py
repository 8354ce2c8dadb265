"""The member somebody at a terminal means: by id, or by the phone in any spelling."""

from uuid import UUID

from django.core.management.base import CommandError

from members import identifying
from members.identifying import PhoneUnreadable
from members.models import Identifier, Member


def member_of(text: str) -> Member:
    """Open or closed, not erased. Raises CommandError with a sentence."""
    known = Member.objects.exclude(status=Member.Status.ERASED)
    try:
        found = known.filter(pk=UUID(text)).first()
    except ValueError:
        try:
            phone = identifying.phone(text)
        except PhoneUnreadable:
            raise CommandError(f"{text} is neither a member's id nor a phone.") from None
        found = known.filter(
            practice=False,
            identifiers__kind=Identifier.Kind.PHONE,
            identifiers__value=phone,
            identifiers__until_at__isnull=True,
        ).first()
    if found is None:
        raise CommandError(f"There is no member {text}.")
    return found
