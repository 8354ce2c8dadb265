"""Writing a bonus rule: its condition in rows, what it gives, how it is limited, and what it would have touched."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from dashboard import access
from dashboard.rules import reach, rows
from dashboard.rules.forms import RuleForm, told
from dashboard.rules.rows import Row
from events import clock
from events.refusals import Refusal
from loyalty import rulemaking
from loyalty.conditions.fields import FIELDS
from loyalty.models import Rule, RuleVersion
from members import identifying

REFUSED = {"effect_unreadable": "kind", "rule_ends_before_it_begins": "valid_until"}


def page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """A new rule, or with `?of=7` the next version of that one's rule."""
    _may(request)
    before = _version(request.GET.get("of", ""))
    form = RuleForm(request.POST or None, initial=told(before) if before else None)
    asked = rows.rows_of(before.condition) if before else []
    if request.method == "POST":
        asked = rows.read(request.POST)
        condition = rows.document(asked)
        if form.is_valid() and condition is not None:
            version = _written(request, form, condition, before)
            if version is not None:
                messages.success(request, _("Đã lưu bản nháp. Chưa có điểm nào thay đổi cho đến khi được duyệt."))
                return HttpResponseRedirect(reverse("admin:loyalty_ruleversion_change", args=[version.pk]))
    context = {
        **site.each_context(request),
        "title": _("Soạn quy tắc thưởng điểm"),
        "subtitle": str(before) if before else "",
        "form": form,
        "rows": asked if asked is not None else [],
        "not_in_rows": asked is None,
        "fields": FIELDS.items(),
        "back": reverse("admin:loyalty_ruleversion_changelist"),
    }
    return TemplateResponse(request, "dashboard/rule/write.html", context)


def row(request: HttpRequest) -> HttpResponse:
    """One row of the condition: a new one, or its inputs once a field is chosen."""
    _may(request)
    number = request.GET.get("n", "")
    n = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    one = Row(n=n, field=request.GET.get(f"c{n}-field", ""), either=request.GET.get(f"c{n}-join") == "or")
    one.negated = bool(request.GET.get(f"c{n}-not"))
    return TemplateResponse(request, "dashboard/rule/row.html", {"row": one, "fields": FIELDS.items()})


def touched(request: HttpRequest) -> HttpResponse:
    """What the rule in the form would have touched in the last 30 days; writes nothing."""
    _may(request)
    form, asked = RuleForm(request.POST), rows.read(request.POST)
    condition = rows.document(asked)
    at = clock.now()
    wrong = {"kind", "percent", "points", "per_amount", "categories", "skus", "per_bill"} & set(form.errors)
    context: dict[str, Any] = {"ready": False}
    if condition is not None and not wrong:
        form.cleaned_data.setdefault("name_vi", "")
        context = {"ready": True, **_reach(form, condition, at=at)}
    return TemplateResponse(request, "dashboard/rule/reach.html", context)


def _reach(form: RuleForm, condition: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    said = {"condition": condition, "effect": form.effect(), "per_bill": form.cleaned_data.get("per_bill")}
    version = RuleVersion(rule=Rule(key="draft"), valid_from=at, **said)
    try:
        with transaction.atomic():
            return reach.told(version, at=at)
    except OperationalError:
        return {"slow": True}  # a big shop: the back-test has a worker to do it
    except Refusal:
        return {"ready": False}


def _written(
    request: HttpRequest, form: RuleForm, condition: dict[str, Any], before: RuleVersion | None
) -> RuleVersion | None:
    """The version as kept, or none, with a word at the field that is wrong."""
    at = clock.now()
    key = before.rule.key if before else _key(form.cleaned_data["name_vi"])
    try:
        return rulemaking.write(
            key=key, draft=form.draft(condition, at=at), by=f"user:{request.user.pk}", at=at, new=before is None
        )
    except Refusal as refusal:
        form.add_error(REFUSED.get(refusal.code), _("Không lưu được. Hãy xem lại số này."))
        return None


def _key(name: str) -> str:
    """A key that no other rule has, after the name."""
    stem = slugify(identifying.fold(name))[:32].strip("-") or "quy-tac"
    taken = set(Rule.objects.filter(key__startswith=stem).values_list("key", flat=True))
    return stem if stem not in taken else next(f"{stem}-{n}" for n in range(2, 10_000) if f"{stem}-{n}" not in taken)


def _version(written: str) -> RuleVersion | None:
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise Http404
    version = RuleVersion.objects.select_related("rule").filter(pk=int(written)).first()
    if version is None:
        raise Http404
    return version


def _may(request: HttpRequest) -> None:
    if not access.may(request.user, "add", "rule"):
        raise PermissionDenied
