"""The programme's terms (thể lệ): versions with dates, and which of them each member accepted."""

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from events import outbox
from events.refusals import Refusal
from members import founding_terms
from members.models import TermsAccepted, TermsText

FOUNDING = "terms-1"
SINCE_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class TermsUnknown(Refusal):
    """No such version, or one not in force yet: nobody can have accepted it."""

    code = "terms_unknown"


class TermsAgreed(Refusal):
    """Members joined under these terms: they are not changed from one moment to the next."""

    code = "terms_agreed"


def in_force(*, at: datetime) -> TermsText | None:
    """The version that holds at this moment; None where the shop has written none."""
    return TermsText.objects.filter(valid_from__lte=at).order_by("-valid_from").first()


def begin(*, body_vi: str, body_en: str, by: str, at: datetime) -> TermsText:
    """The shop's own first terms, which hold at once, under the next free code; said twice, they are one version.

    Raises TermsAgreed where a member accepted a version already: a change is told ahead, with a day to come.
    """
    if TermsAccepted.objects.exists():
        raise TermsAgreed
    now = in_force(at=at)
    if now is not None and (now.body_vi, now.body_en) == (body_vi, body_en) and now.code != FOUNDING:
        return now
    number = TermsText.objects.count() + 1
    while TermsText.objects.filter(code=f"terms-{number}").exists():
        number += 1
    code = f"terms-{number}"
    return TermsText.objects.create(code=code, body_vi=body_vi, body_en=body_en, valid_from=at, published_by=by)


def accept(
    *,
    member_id: UUID,
    code: str,
    how: str,
    store_id: int | None = None,
    by: str,
    at: datetime,
    request_id: str = "",
) -> TermsAccepted:
    """Writes down that the member accepted a version; the same again is the row there is. Raises TermsUnknown."""
    text = TermsText.objects.filter(code=code, valid_from__lte=at).first()
    if text is None:
        raise TermsUnknown
    with transaction.atomic():
        row = TermsAccepted(member_id=member_id, text=text, how=how, store_id=store_id, at=at, by=by)
        TermsAccepted.objects.bulk_create([row], ignore_conflicts=True)
        kept = TermsAccepted.objects.get(member_id=member_id, text=text)
        if kept.at == at and kept.by == by:
            outbox.record(
                type="terms.accepted",
                member_id=member_id,
                subject_id=kept.pk,
                store_id=store_id,
                data={"terms": code, "how": how},
                at=at,
                by=by,
                request_id=request_id,
            )
        return kept


def joined(*, member_id: UUID, how: str, store_id: int | None, by: str, at: datetime, request_id: str = "") -> None:
    """Who joins joins under the terms in force, which every door shows; a shop without terms writes nothing down."""
    text = in_force(at=at)
    if text is not None:
        accept(member_id=member_id, code=text.code, how=how, store_id=store_id, by=by, at=at, request_id=request_id)


def to_accept(*, member_id: UUID, at: datetime) -> TermsText | None:
    """The version in force, where the member has not accepted it yet: the portal asks at the next sign-in."""
    text = in_force(at=at)
    if text is None or TermsAccepted.objects.filter(member_id=member_id, text=text).exists():
        return None
    return text


def of_member(*, member_id: UUID) -> list[TermsAccepted]:
    """What a member accepted, newest first."""
    return list(TermsAccepted.objects.filter(member_id=member_id).select_related("text").order_by("-at"))


def found() -> None:
    """Makes sure that a shop has terms to begin with."""
    if not TermsText.objects.exists():
        TermsText.objects.get_or_create(
            code=FOUNDING,
            defaults={"body_vi": founding_terms.body(0), "body_en": founding_terms.body(1), "valid_from": SINCE_EVER},
        )
