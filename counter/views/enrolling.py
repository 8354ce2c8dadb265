"""Joining at the counter: three fields, the texts, the boxes unticked, and the gift that comes with it."""

import hashlib
import json
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from counter import amounts, glance, pages, wording
from counter.desk import Desk, serves
from counter.views import selling
from events.refusals import Refusal
from loyalty.look import words
from members import birthdays, consenting, enrolling
from members.consenting import ConsentGiven
from members.models import ConsentText, Purpose

# asked for when somebody joins; a word for the public is asked for when there is one
PURPOSES = (Purpose.PROGRAMME, Purpose.MARKETING, Purpose.PROFILING)
FIELDS = ("phone", "name", "birthday")
# how often the page asks whether the gift has come, a second apart
GIFT_TRIES = 8


class ConsentNeeded(Refusal):
    """Nobody's name is kept who did not agree to that."""

    code = "consent_needed"


@serves
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The form, filled with what was typed; then the new member, with the bill as it was."""
    asked = request.POST if request.method == "POST" else request.GET
    typed = {field: asked.get(field, "")[:120] for field in FIELDS}
    key = asked.get("key", "")[:64] or str(uuid4())
    amount = asked.get("amount", "")[: amounts.LONGEST]
    texts = _texts(desk)
    ticked = set(asked.getlist("consent"))
    if request.method == "POST" and "sent" in asked:
        try:
            made = _enrol(desk, typed, ticked=ticked, key=key)
        except Refusal as refused:
            told = _form(typed, texts=texts, ticked=ticked, key=key, amount=amount, trouble=wording.refusal(refused))
            return pages.part(request, desk, "enrol", told, status=wording.status(refused))
        response = selling.member_page(request, desk, made.member_id, amount=amount, joined=True)
        response["HX-Trigger"] = "counter:joined"
        return response
    return pages.part(request, desk, "enrol", _form(typed, texts=texts, ticked=set(), key=key, amount=amount))


@serves
@require_GET
def gift(request: HttpRequest, desk: Desk, member_id: UUID) -> HttpResponse:
    """The welcome gift, as soon as it is there; the page asks again for a few seconds."""
    shown = glance.of(member_id, practice=desk.practice, at=desk.at)
    tried = request.GET.get("tried", "0")
    count = int(tried) + 1 if tried.isascii() and tried.isdigit() and len(tried) < 4 else GIFT_TRIES
    told = {"member": shown, "gifts": shown.gifts, "tried": count, "more": not shown.gifts and count < GIFT_TRIES}
    return pages.part(request, desk, "gift", told)


def _enrol(desk: Desk, typed: dict[str, str], *, ticked: set[str], key: str) -> enrolling.Enrolled:
    texts = {text.code: text for text in _texts(desk)}
    given = [texts[code] for code in sorted(ticked) if code in texts]
    if not any(text.purpose == Purpose.PROGRAMME for text in given):
        raise ConsentNeeded
    birthday = typed["birthday"].strip()
    body = json.dumps([typed, sorted(text.code for text in given)], ensure_ascii=False, sort_keys=True)
    return enrolling.enrol(
        key=f"counter:{key}",
        fingerprint=hashlib.sha256(body.encode()).digest(),
        store_id=desk.till.store_id,
        practice=desk.practice,
        by=desk.by,
        at=desk.at,
        name=typed["name"],
        phone=typed["phone"],
        birthday=birthdays.read(birthday) if birthday else None,
        joined_via="counter",
        staff=desk.staff,
        locale=words.language(),
        consents=[ConsentGiven(purpose=text.purpose, channel="any", text=text.code, how="counter") for text in given],
    )


def _texts(desk: Desk) -> list[ConsentText]:
    return [text for text in consenting.texts_in_force(at=desk.at) if text.purpose in PURPOSES]


def _form(
    typed: dict[str, str], *, texts: list[Any], ticked: set[str], key: str, amount: str, trouble: str = ""
) -> dict[str, Any]:
    english = words.language() == "en"
    boxes = [
        {
            "code": text.code,
            "label": text.get_purpose_display(),
            "body": text.body_en if english else text.body_vi,
            "needed": text.purpose == Purpose.PROGRAMME,
            "ticked": text.code in ticked,
        }
        for text in texts
    ]
    return {"typed": typed, "boxes": boxes, "key": key, "amount": amount, "trouble": trouble}
