"""A rule tried on a real receipt: what it would give, and why not."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard import access, people, wording
from dashboard.rules import words
from loyalty import queries
from loyalty.backtesting import running, trying
from loyalty.conditions import words as conditions
from loyalty.models import Purchase, RuleVersion


def page(request: HttpRequest, site: AdminSite, version: RuleVersion) -> HttpResponse:
    """`?receipt=` names a bill of the stores this person sees."""
    receipt = request.GET.get("receipt", "").strip()[:64]
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("Thử trên hóa đơn"),
        "subtitle": wording.in_language(version.name_vi, version.name_en),
        "asks": words.asks(version.condition),
        "gives": words.gives(version.effect),
        "receipt": receipt,
        "back": reverse("admin:loyalty_ruleversion_change", args=[version.pk]),
    }
    if receipt:
        context["tried"] = _tried(request, version, receipt)
    return TemplateResponse(request, "dashboard/rule/try.html", context)


def _tried(request: HttpRequest, version: RuleVersion, receipt: str) -> list[dict[str, Any]]:
    """Each bill of that number, newest first, and what the rule makes of it."""
    found = Purchase.objects.filter(receipt=receipt)
    stores = access.stores_of(request.user)
    if stores is not None:
        found = found.filter(store__in=stores)
    ids = list(found.order_by("-occurred_at").values_list("pk", flat=True)[:5])
    bills = [queries.purchase(id) for id in ids]
    named = people.shown(request, {bill.member_id for bill in bills if bill.member_id})
    standing = running.drafted(version).standing
    return [_told(bill, trying.on_bill(standing, bill), named) for bill in bills]


def _told(bill: Any, trial: trying.Trial, named: Any) -> dict[str, Any]:
    shown = named.get(bill.member_id)
    names = words.names()
    failed = "; ".join(conditions.leaf(one, names) for one in trial.failed)
    why = {
        "nothing_in_scope": _("Hóa đơn không có món được thưởng."),
        "condition": _("Chưa đúng: %(what)s.") % {"what": failed},
    }.get(trial.refused, "")
    if bill.member_id is None:
        why = _("Hóa đơn của khách lẻ không tích điểm.")
    return {
        "receipt": bill.receipt,
        "store": bill.store_name,
        "at": wording.moment(bill.occurred_at),
        "total": wording.money(bill.total, currency=wording.currency()),
        "who": shown.name if shown else _("khách lẻ"),
        "happened": wording.points(trial.happened),
        "points": wording.points(trial.points, signed=True),
        "gives": trial.points > 0 and bill.member_id is not None,
        "why": why,
    }
