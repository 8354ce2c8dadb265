"""How a step of a campaign would read to a real member, before anybody gets it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns import composing, limits, wording
from campaigns.channels import letters
from campaigns.models import CampaignStep
from campaigns.wording import Text
from dashboard import access
from dashboard.admin.searching import member_ids
from events.refusals import Refusal
from members.models import Member

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One language of the step; `sms` as it would leave, and how many are paid for."""

    code: str
    language: str
    text: Text
    sms: str
    segments: int
    length: int


def context(request: HttpRequest, step: CampaignStep, *, at: datetime) -> dict[str, Any]:
    """The page for a member said in `?member=` (a phone, a card, a name), or for the newest one."""
    said = request.GET.get("member", "").strip()[:120]
    member = _member(request, said)
    samples: list[Sample] = []
    trouble = ""
    if member is None:
        trouble = _("Không tìm thấy thành viên nào.")
    else:
        try:
            samples = [_sample(step, member, language, at) for language in wording.LANGUAGES]
        except Refusal:
            trouble = _("Nội dung này không gửi được. Hãy sửa lại các trường.")
    return {
        "title": _("Xem thử"),
        "subtitle": str(step),
        "said": said,
        "member": member.name if member is not None else "",
        "samples": samples,
        "trouble": trouble,
        "back": reverse("admin:campaigns_campaignstep_change", args=[step.pk]),
    }


def _sample(step: CampaignStep, member: Member, language: str, at: datetime) -> Sample:
    text = composing.sample(step=step, member=member, language=language, at=at)
    out = letters.way_out(member=member, channel="sms", at=at)
    brand = limits.policy().brand
    sms = letters.sms(text.short, message_class=step.message_class, brand=brand, out=out, language=language)
    # the link is a real one: nobody who only looks may refuse for the member
    shown = sms.replace(out, "http…")
    return Sample(
        code=language,
        language=LANGUAGES[language],
        text=text,
        sms=shown,
        segments=letters.segments(sms),
        length=len(sms),
    )


def _member(request: HttpRequest, said: str) -> Member | None:
    living = Member.objects.filter(status=Member.Status.ACTIVE, practice=False)
    if not access.sees_names(request.user):
        # an analyst reads the texts as an invented person would
        return Member(id=UUID(int=0), name="Nguyễn Thị Lan", call_name="Lan", honorific="chị")
    if said:
        return living.filter(pk__in=member_ids(request, said)).first()
    return living.order_by("-id").first()
