"""What a customer asks for besides a bill: another card, a word to the shop; and a note for whoever is next."""

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns import sending_codes
from counter import glance, pages, wording
from counter.desk import Desk, is_manager, serves
from events.refusals import Refusal
from loyalty import devices
from loyalty.look import words
from members import changing, facts, identifying, moving_phone, one_time_codes, pins
from members.models import Note
from members.models.case import CaseKind
from members.pins import PinWrong
from members.relationship import cases, notes

LONGEST_WORDS = 4000


@serves
@require_http_methods(["GET", "POST"])
def card(request: HttpRequest, desk: Desk, member_id: UUID) -> HttpResponse:
    """A new card in place of a lost one; a number of ours where none is scanned."""
    shown = glance.of(member_id, practice=desk.practice, at=desk.at)
    told: dict[str, object] = {"member": shown, "typed": request.POST.get("card", "")[:40]}
    if request.method != "POST":
        return pages.part(request, desk, "card", told)
    try:
        given = request.POST.get("card", "").strip()[:40] or None
        made = changing.replace_card(member_id=member_id, card=given, by=desk.by, at=desk.at)
    except Refusal as refused:
        told["trouble"] = wording.refusal(refused)
        return pages.part(request, desk, "card", told, status=wording.status(refused))
    return pages.part(request, desk, "card", told | {"made": made.value})


@serves
@require_POST
def send_code(request: HttpRequest, desk: Desk, member_id: UUID) -> HttpResponse:
    """A one-time code on its way to the customer, who reads it out: for points above the small amount of a day."""
    glance.of(member_id, practice=desk.practice, at=desk.at)
    sent = sending_codes.send(
        purpose=one_time_codes.Purpose.SPEND,
        member_id=member_id,
        asker=f"device:{desk.device.pk}",
        language=words.language(),
        practice=desk.practice,
        at=desk.at,
    )
    said = _("Đã gửi mã đến %(where)s. Nhờ khách đọc sáu số rồi gõ vào ô dưới.") % {"where": sent.masked}
    told = {"words": said, "kind": "success", "needs_proof": True, "sent": "1", "member_id": member_id}
    return pages.part(request, desk, "not_sold", told)


@serves
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest, desk: Desk, member_id: UUID) -> HttpResponse:
    """Another number, vouched for by a manager with the own PIN, who asked the customer for two facts."""
    shown = glance.of(member_id, practice=desk.practice, at=desk.at)
    managers = [user for user in devices.people_of(desk.device) if is_manager(user)]
    typed = {name: request.POST.get(name, "")[:80] for name in ("phone", "manager", *facts.kinds())}
    told: dict[str, object] = {"member": shown, "managers": managers, "typed": typed, "facts": _facts(typed)}
    if request.method != "POST":
        return pages.part(request, desk, "phone", told)
    try:
        number = typed["manager"]
        manager = next((one for one in managers if str(one.pk) == number), None)
        if manager is None:
            raise PinWrong
        pins.prove(user_id=manager.pk, pin=request.POST.get("pin", "")[:12], device=str(desk.device.pk), at=desk.at)
        move = moving_phone.begin(
            member_id=member_id, phone=typed["phone"], store_id=desk.till.store_id, by=desk.by, at=desk.at
        )
        said = {kind: typed[kind] for kind in facts.kinds()}
        moving_phone.vouch(move_id=move.pk, told=said, by=f"user:{manager.pk}", at=desk.at)
        done = moving_phone.finish(move_id=move.pk, by=f"user:{manager.pk}", at=desk.at)
    except Refusal as refused:
        told["trouble"] = wording.refusal(refused)
        return pages.part(request, desk, "phone", told, status=wording.status(refused))
    return pages.part(request, desk, "phone", told | {"done": done, "masked": identifying.masked_phone(done.phone)})


def _facts(typed: dict[str, str]) -> list[tuple[str, str, str]]:
    """(name, label, what was typed) of each fact a manager may ask for."""
    return [(kind, wording.fact(kind), typed[kind]) for kind in facts.kinds()]


@serves
@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, desk: Desk, member_id: UUID) -> HttpResponse:
    """A complaint, a question or a wish, in the customer's words: somebody of the shop will answer."""
    shown = glance.of(member_id, practice=desk.practice, at=desk.at)
    told: dict[str, object] = {"member": shown, "kinds": CaseKind.choices, "token": _token(request)}
    if request.method != "POST":
        return pages.part(request, desk, "case", told)
    said = request.POST.get("words", "")[: LONGEST_WORDS + 1]
    kind = request.POST.get("kind", "")
    try:
        opened = cases.open(
            member_id=member_id,
            kind=kind,
            words=said,
            via="counter",
            store_id=desk.till.store_id,
            token=_token(request),
            by=desk.by,
            at=desk.at,
        )
    except Refusal as refused:
        told |= {"trouble": wording.refusal(refused), "words": said, "kind": kind}
        return pages.part(request, desk, "case", told, status=wording.status(refused))
    return pages.part(request, desk, "case", told | {"opened": opened})


@serves
@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, desk: Desk, member_id: UUID) -> HttpResponse:
    """A line for whoever serves this member next."""
    shown = glance.of(member_id, practice=desk.practice, at=desk.at)
    told: dict[str, object] = {"member": shown, "token": _token(request)}
    if request.method != "POST":
        return pages.part(request, desk, "note", told)
    try:
        notes.add(
            member_id=member_id,
            text=request.POST.get("words", "")[:1000],
            author_id=desk.user.pk,
            seen_by=Note.SeenBy.EVERYBODY,
            token=_token(request),
            by=desk.by,
            at=desk.at,
        )
    except Refusal as refused:
        told |= {"trouble": wording.refusal(refused), "words": request.POST.get("words", "")}
        return pages.part(request, desk, "note", told, status=wording.status(refused))
    return pages.part(request, desk, "note", told | {"added": True})


def _token(request: HttpRequest) -> UUID:
    """One form, one effect: the same form sent twice carries the same token."""
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        return uuid4()
