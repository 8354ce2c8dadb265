"""Whether a member has told the shop who they are."""

from uuid import UUID

from members.models import Identifier, Member

# what `member.changed` may name when a profile becomes complete
OF_A_PROFILE = frozenset({"birth_day", "birth_month", "birth_unsure", "email", "province"})


def complete(member_id: UUID) -> bool:
    """A birthday that is sure, an e-mail and the province. Nobody has to tell their gender."""
    told = Member.objects.filter(pk=member_id, birth_day__isnull=False, birth_unsure=False, province__gt="")
    email = Identifier.objects.filter(member_id=member_id, kind=Identifier.Kind.EMAIL, until_at__isnull=True)
    return told.exists() and email.exists()
