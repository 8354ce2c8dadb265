"""What erasing a member blanks of what passed between them and the shop: words, never the rows."""

from uuid import UUID

from members.models import Case, CaseLine, Feedback, Note, SurveyReply, Voice


def forget(*, member_id: UUID) -> None:
    """Blanks every text that this member said or that was written of them; inside the caller's transaction."""
    Note.objects.filter(member_id=member_id).exclude(text="").update(text="")
    CaseLine.objects.filter(case__member_id=member_id).exclude(text="").update(text="")
    Case.objects.filter(member_id=member_id).update(subject="", words="")
    Feedback.objects.filter(member_id=member_id).exclude(comment="").update(comment="")
    SurveyReply.objects.filter(member_id=member_id).exclude(words={}).update(words={})
    Voice.objects.filter(member_id=member_id).update(text="", signed="")
