"""What erasing a member blanks of what passed between them and the shop: words, never the rows.

Words of staff too, wherever a row may be changed. The reasons in the books (points by hand, moves of bills, tiers that
were lent) are never changed: the pages that ask for one say that no name belongs there.
"""

from uuid import UUID

from django.apps import apps

from members.models import Card, Case, CaseLine, Feedback, Note, SurveyReply, Voice


def forget(*, member_id: UUID) -> None:
    """Blanks every text that this member said or that was written of them; inside the caller's transaction."""
    Note.objects.filter(member_id=member_id).exclude(text="").update(text="")
    CaseLine.objects.filter(case__member_id=member_id).exclude(text="").update(text="")
    Case.objects.filter(member_id=member_id).update(subject="", words="")
    Feedback.objects.filter(member_id=member_id).exclude(comment="").update(comment="")
    SurveyReply.objects.filter(member_id=member_id).exclude(words={}).update(words={})
    Voice.objects.filter(member_id=member_id).update(text="", signed="", decision="")
    apps.get_model("members", "VoiceEvent").objects.filter(member_id=member_id).update(decision="")
    Card.objects.filter(member_id=member_id).exclude(reason="").update(reason="")
