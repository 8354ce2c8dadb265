"""What each member agreed to: an append-only ledger of yes and no, with the words shown and the proof.

Nothing is agreed to by default or by silence (Law 91/2025). The latest word counts; a word on `any` channel covers all
channels until a later word on one of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import lunar_vn
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from events import outbox
from events.refusals import Refusal
from members.models import Consent, ConsentEvidence, ConsentText, Member, Purpose
from members.models.consent import CHANNELS

# `how` of a consent that a parent or guardian gave for a child
GUARDIAN = "guardian"
AGE_OF_OWN_CONSENT = 16


class ConsentUnreadable(Refusal):
    """A purpose or channel we do not know."""

    code = "consent_unreadable"


class GuardianNeeded(Refusal):
    """Under 16, a yes to advertising or to the study of purchases is the guardian's to give."""

    code = "guardian_needed"


class ConsentTextUnknown(Refusal):
    """No such text, a text for another purpose, or one not yet in force: nobody can have agreed to it."""

    code = "consent_text_unknown"


@dataclass(frozen=True, kw_only=True)
class ConsentGiven:
    """A yes as a door hears it: for what, where, to which text, and how it was said (`counter`, `portal`, `form` …)."""

    purpose: str
    channel: str
    text: str
    how: str = ""
    evidence: str = ""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The latest word of a member for one purpose and channel."""

    purpose: str
    channel: str
    granted: bool
    since: datetime
    text: str | None
    how: str


def give(
    *,
    member_id: UUID,
    consents: Sequence[ConsentGiven],
    store_id: int | None = None,
    by: str,
    at: datetime,
    request_id: str = "",
) -> list[Consent]:
    """Writes down each yes with its text. Raises ConsentUnreadable, ConsentTextUnknown, GuardianNeeded."""
    wanted = list(dict.fromkeys(consents))
    texts = ConsentText.objects.in_bulk({consent.text for consent in wanted})
    for consent in wanted:
        _must_be_known(consent.purpose, consent.channel)
        text = texts.get(consent.text)
        if text is None or text.purpose != consent.purpose or text.valid_from > at:
            raise ConsentTextUnknown
    own_words = [said for said in wanted if said.purpose != Purpose.PROGRAMME and said.how != GUARDIAN]
    if own_words and is_child(member=Member.objects.get(pk=member_id), at=at):
        raise GuardianNeeded
    with transaction.atomic():
        return [
            _record(
                Consent(
                    member_id=member_id,
                    purpose=consent.purpose,
                    channel=consent.channel,
                    granted=True,
                    text_id=consent.text,
                    how=consent.how,
                    store_id=store_id,
                    at=at,
                    recorded_at=at,
                    by=by,
                ),
                evidence=consent.evidence,
                request_id=request_id,
            )
            for consent in wanted
        ]


def texts_in_force(*, at: datetime) -> list[ConsentText]:
    """The newest text of each purpose, in the order of the purposes: what may be agreed to now."""
    newest = ConsentText.objects.filter(valid_from__lte=at).order_by("purpose", "-valid_from", "-code")
    by_purpose = {text.purpose: text for text in newest.distinct("purpose")}
    return [by_purpose[purpose] for purpose in Purpose.values if purpose in by_purpose]


def withdraw(
    *,
    member_id: UUID,
    purpose: str,
    channel: str = "any",
    how: str,
    store_id: int | None = None,
    by: str,
    at: datetime,
    request_id: str = "",
) -> Consent:
    """Writes down a no, which needs no text and no reason. On `any` it ends every channel. Raises ConsentUnreadable."""
    _must_be_known(purpose, channel)
    with transaction.atomic():
        return _record(
            Consent(
                member_id=member_id,
                purpose=purpose,
                channel=channel,
                granted=False,
                how=how,
                store_id=store_id,
                at=at,
                recorded_at=at,
                by=by,
            ),
            evidence="",
            request_id=request_id,
        )


def texts(*, at: datetime) -> list[ConsentText]:
    """The words that are shown now, one text for each purpose: the newest in force."""
    in_force = ConsentText.objects.filter(valid_from__lte=at).order_by("purpose", "-valid_from", "-code")
    newest = {text.purpose: text for text in reversed(list(in_force))}
    return [newest[purpose] for purpose in Purpose.values if purpose in newest]


def current(*, member_id: UUID, at: datetime) -> list[Standing]:
    """The latest word for each purpose and channel that was ever spoken of, as written; nothing where nobody asked."""
    latest = (
        Consent.objects.filter(member_id=member_id, at__lte=at)
        .order_by("purpose", "channel", "-at", "-id")
        .distinct("purpose", "channel")
    )
    return [
        Standing(
            purpose=consent.purpose,
            channel=consent.channel,
            granted=consent.granted,
            since=consent.at,
            text=consent.text_id,
            how=consent.how,
        )
        for consent in latest
    ]


def allows_advertising(*, member: Member, channel: str, at: datetime) -> bool:
    """Whether advertising may go to this member on this channel now."""
    return allows(member=member, purpose=Purpose.MARKETING, channel=channel, at=at)


def allows(*, member: Member, purpose: str, channel: str = "any", at: datetime) -> bool:
    """Whether the member's latest proved word for the purpose, on this channel or on any, is a yes.

    A yes from an import without evidence says nothing: it neither allows nor hides what was said before it. Below 16,
    advertising and profiling need the word of a guardian.
    """
    _must_be_known(purpose, channel)
    if member.status != Member.Status.ACTIVE:
        return False
    unproved = Q(granted=True, by__startswith="import:", evidence__isnull=True)
    said = Consent.objects.filter(member_id=member.pk, purpose=purpose, channel__in={channel, "any"}, at__lte=at)
    if purpose != Purpose.PROGRAMME and is_child(member=member, at=at):
        said = said.filter(Q(granted=False) | Q(how=GUARDIAN))
    # at the same instant a no outweighs a yes
    latest = said.exclude(unproved).order_by("-at", "granted", "-id").values_list("granted", flat=True).first()
    return bool(latest)


def is_child(*, member: Member, at: datetime) -> bool:
    """Whether the member is known to be under 16 at this moment. Without a year of birth nobody is known to be."""
    if member.birth_year is None:
        return False
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    if member.birth_calendar == Member.Calendar.LUNAR:
        now = lunar_vn.solar_to_lunar(today)
        today_told = (now.year, now.month, now.day)
    else:
        today_told = (today.year, today.month, today.day)
    sixteenth = (member.birth_year + AGE_OF_OWN_CONSENT, member.birth_month or 12, member.birth_day or 31)
    return today_told < sixteenth


def _must_be_known(purpose: str, channel: str) -> None:
    if purpose not in Purpose.values or channel not in CHANNELS:
        raise ConsentUnreadable


def _record(consent: Consent, *, evidence: str, request_id: str) -> Consent:
    """Adds the row and its event; the same word of the same moment again is the row that is already there."""
    same = Consent.objects.filter(
        member_id=consent.member_id,
        purpose=consent.purpose,
        channel=consent.channel,
        at=consent.at,
        granted=consent.granted,
    ).first()
    if same is not None:
        return same
    consent.save(force_insert=True)
    if evidence:
        ConsentEvidence.objects.create(consent=consent, text=evidence)
    outbox.record(
        type="consent.given" if consent.granted else "consent.withdrawn",
        member_id=consent.member_id,
        subject_id=consent.pk,
        store_id=consent.store_id,
        data={"purpose": consent.purpose, "channel": consent.channel},
        at=consent.at,
        by=consent.by,
        request_id=request_id,
    )
    return consent
