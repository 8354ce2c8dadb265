"""Without a network: the page that a browser keeps, and the bills it sends once the network is back."""

import json
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from counter import pages, queueing, wording
from counter.desk import Desk, serves
from counter.queueing import Kept
from events.refusals import Refusal
from loyalty.look import brand, words

LONGEST = 4096


@require_GET
def shell(request: HttpRequest) -> HttpResponse:
    """The page for when there is no network. Nothing of anybody is on it: the service worker may keep it."""
    told = {"door": "counter", "offline_words": pages.away()}
    response = render(request, "counter/offline.html", told)
    response["Cache-Control"] = "no-cache"
    return response


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from this address because its reach is the folder it comes from."""
    told = {"release": brand.current().digest}
    response = render(request, "counter/worker.js", told, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@serves
@require_POST
def post(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One bill that was keyed without a network: posted once however often it comes."""
    try:
        kept = _read(request.body, desk)
        outcome = queueing.post(kept, desk=desk)
    except (ValueError, RecursionError):
        return JsonResponse({"state": "refused", "text": str(wording.UNREADABLE_BILL)}, status=400)
    except Refusal as refused:
        status = wording.status(refused)
        return JsonResponse({"state": "refused", "code": refused.code, "text": wording.refusal(refused)}, status=status)
    if outcome.state == "conflict":
        told = {"booked": words.money(outcome.booked), "keyed": words.money(kept.amount)}
        return JsonResponse({"state": "conflict", "text": wording.which_of_two(**told), **told}, status=409)
    text = words.points(outcome.earned, signed=True) if outcome.earned is not None else ""
    return JsonResponse({"state": outcome.state, "points": text, "receipt": outcome.receipt})


def _read(body: bytes, desk: Desk) -> Kept:
    """The bill as the browser kept it. Raises ValueError for anything else."""
    if len(body) > LONGEST:
        raise ValueError
    sent: Any = json.loads(body)
    if not isinstance(sent, dict):
        raise ValueError
    receipt, member, amount = sent.get("receipt"), sent.get("member", ""), sent.get("amount")
    happened = parse_datetime(sent["at"]) if isinstance(sent.get("at"), str) else None
    if not isinstance(receipt, str) or not 1 <= len(receipt) <= 64 or not receipt.isprintable():
        raise ValueError
    if not isinstance(member, str) or len(member) > 80 or "\x00" in member:
        raise ValueError
    if type(amount) is not int or amount < 0 or happened is None or happened.tzinfo is None:
        raise ValueError
    if not desk.at - timedelta(days=800) < happened < desk.at + timedelta(days=800):
        raise ValueError
    return Kept(
        receipt=receipt,
        member=member,
        amount=amount,
        at=happened,
        device=_number(sent.get("device")),
        person=_number(sent.get("person")),
        instead=sent.get("instead") is True,
        guest=sent.get("guest") is True,
    )


def _number(value: Any) -> int:
    return value if type(value) is int else 0
