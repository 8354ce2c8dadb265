"""A member's voice: a recommendation shown in public, with consent for exactly this, once somebody has looked at it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery

from events import outbox
from events.refusals import Conflict, Missing, Refusal
from members import consenting, identifying, joining
from members.consenting import ConsentGiven
from members.models import Consent, Feedback, Member, Purpose, Voice
from members.relationship import saying

LONGEST = 400
# whoever gave such a score lately is asked for a word
PROMOTES, ASKED_FOR = 9, timedelta(days=30)
LONGEST_SIGNATURE = 60


class VoiceUnknown(Missing):
    code = "voice_unknown"


class VoiceStands(Conflict):
    """This member has one that waits or is shown; it is taken back before the next."""

    code = "voice_stands"


class VoiceDecided(Refusal):
    """It was decided already, or taken back by the member."""

    code = "voice_decided"


class VoiceTooYoung(Refusal):
    """Below 16 nobody is quoted in public."""

    code = "voice_too_young"


def give(
    *,
    member_id: UUID,
    text: str,
    signed: str = "",
    consent_text: str,
    store_id: int | None = None,
    how: str = "portal",
    by: str,
    at: datetime,
    request_id: str = "",
) -> Voice:
    """Keeps the words and the consent to publish them (`consent_text`: id of the text shown, purpose `voice`).

    `signed`: how the member wants to be called; the call name where nothing is said. Raises WordsMissing, WordsTooLong,
    ConsentTextUnknown, VoiceStands, VoiceTooYoung, MemberGone.
    """
    words = saying.kept(text, longest=LONGEST)
    try:
        with transaction.atomic():
            member = saying.member(member_id, lock=True)
            if consenting.is_child(member=member, at=at):
                raise VoiceTooYoung
            agreed = ConsentGiven(purpose=Purpose.VOICE, channel="any", text=consent_text, how=how)
            [consent] = consenting.give(
                member_id=member_id, consents=[agreed], store_id=store_id, by=by, at=at, request_id=request_id
            )
            called = f"{member.honorific} {member.call_name}".strip()
            name = identifying.clean(signed) or called[:1].upper() + called[1:]
            voice = Voice.objects.create(
                member=member,
                text=words,
                signed=name[:LONGEST_SIGNATURE],
                store_id=store_id,
                consent=consent,
                at=at,
                by=by,
            )
            _tell("voice.given", voice, by=by, at=at, request_id=request_id)
            return voice
    except IntegrityError as conflict:
        if joining.constraint_of(conflict) != "a_member_has_one_voice_at_a_time":
            raise
        raise VoiceStands from None


def decide(*, voice_id: UUID, approve: bool, user_id: int, reason: str = "", by: str, at: datetime) -> Voice:
    """Shows a waiting voice, or does not. Refusing a shown one takes it down. Raises VoiceUnknown, VoiceDecided."""
    with transaction.atomic():
        voice = Voice.objects.select_for_update(no_key=True).filter(pk=voice_id).first()
        if voice is None:
            raise VoiceUnknown
        before = {Voice.State.WAITING} if approve else {Voice.State.WAITING, Voice.State.APPROVED}
        if voice.state not in before:
            raise VoiceDecided
        voice.state = Voice.State.APPROVED if approve else Voice.State.REFUSED
        voice.decided_at, voice.decided_by_id, voice.decision = at, user_id, identifying.clean(reason)[:240]
        voice.save(update_fields=["state", "decided_at", "decided_by", "decision"])
        _tell("voice.approved" if approve else "voice.refused", voice, by=by, at=at, request_id="")
    return voice


def take_back(*, member_id: UUID, how: str = "portal", by: str, at: datetime, request_id: str = "") -> None:
    """The member no longer wants to be quoted: it disappears at once, and the consent is withdrawn."""
    with transaction.atomic():
        saying.member(member_id, lock=True)
        standing = Voice.objects.filter(member_id=member_id, state__in=[Voice.State.WAITING, Voice.State.APPROVED])
        standing.update(state=Voice.State.TAKEN_BACK, decided_at=at)
        consenting.withdraw(member_id=member_id, purpose=Purpose.VOICE, how=how, by=by, at=at, request_id=request_id)


def of_member(*, member_id: UUID) -> Voice | None:
    """The member's newest."""
    return Voice.objects.filter(member_id=member_id).order_by("-at").first()


def wanted(*, member_id: UUID, at: datetime) -> bool:
    """Whether to ask for one: their last score was high and is fresh, and they were never asked with success."""
    last = Feedback.objects.filter(member_id=member_id, at__gt=at - ASKED_FOR).order_by("-at").first()
    return last is not None and last.score >= PROMOTES and of_member(member_id=member_id) is None


def shown(*, at: datetime, limit: int = 6) -> list[Voice]:
    """The voices anybody may read now: approved, the member still with us and still agreeing. Newest first, one query.

    A withdrawal by any door (`consenting.withdraw`) hides the voice in the same instant.
    """
    latest = Consent.objects.filter(member_id=OuterRef("member_id"), purpose=Purpose.VOICE, at__lte=at)
    approved = (
        Voice.objects.filter(state=Voice.State.APPROVED, member__status=Member.Status.ACTIVE, member__practice=False)
        .annotate(agrees=Subquery(latest.order_by("-at", "granted", "-id").values("granted")[:1]))
        .filter(agrees=True)
    )
    return list(approved.exclude(text="").order_by("-at")[:limit])


def _tell(type: str, voice: Voice, *, by: str, at: datetime, request_id: str) -> None:
    outbox.record(
        type=type,
        member_id=voice.member_id,
        subject_id=voice.pk,
        store_id=voice.store_id,
        data={},
        at=at,
        by=by,
        request_id=request_id,
    )
