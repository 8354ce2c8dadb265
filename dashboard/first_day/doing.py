"""What each step of the first day does when its form is sent: one function of the floors below."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.forms import model_to_dict
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns import steering, trying
from campaigns.founding import WELCOME
from campaigns.models import Campaign
from dashboard import wording
from dashboard.first_day.forms import ChannelForm, KeyForm, NameForm, PointsForm, StoreForm, TermsForm, WelcomeForm
from events import clock
from loyalty import keys, ladders, opening, policies
from loyalty.founding import first_step
from loyalty.models import EarningRule, ExpiryPolicy, Programme, SpendingPolicy
from members import terms
from members.models import User
from rewards import defining
from rewards.models import VoucherDefinition

FORMS: dict[str, type[forms.Form]] = {
    "name": NameForm,
    "stores": StoreForm,
    "points": PointsForm,
    "welcome": WelcomeForm,
    "terms": TermsForm,
    "key": KeyForm,
    "channels": ChannelForm,
}


@dataclass(frozen=True, kw_only=True)
class Made:
    """What was done, in a sentence; a secret that is shown this once, with the command that tries it."""

    words: str
    secret: str = ""
    command: str = ""


def initial(key: str) -> dict[str, Any]:
    """What the form shows before anybody typed: what is in force."""
    if key == "name":
        programme = Programme.objects.get(pk=1)
        return {name: getattr(programme, name) for name in ("name", "point_name_vi", "point_name_en", "hotline")}
    if key == "points":
        rules = policies.at(clock.now())
        return {
            "points": rules.earning.points,
            "per_amount": rules.earning.per_amount,
            "point_value": rules.spending.point_value,
            "months": rules.expiry.months,
        }
    if key == "welcome":
        return _welcome_now()
    if key == "terms":
        held = terms.in_force(at=clock.now())
        return {"body_vi": held.body_vi, "body_en": held.body_en} if held else {}
    return {}


def _welcome_now() -> dict[str, Any]:
    kind = VoucherDefinition.objects.filter(key=WELCOME).order_by("-version").first()
    step = first_step(wording.currency())
    return {
        "amount": (kind.amount if kind else None) or 2 * step,
        "minimum_basket": kind.minimum_basket if kind else 5 * step,
        "valid_days": (kind.valid_days if kind else None) or 30,
    }


def do(request: HttpRequest, key: str, form: forms.Form | None) -> Made:
    """Do what the step's form says. Raises the refusals of the function that does it."""
    said = form.cleaned_data if form else {}
    return _DO[key](request, said)


def _name(request: HttpRequest, said: dict[str, Any]) -> Made:
    policies.change_programme(changes=said)
    return Made(words=_("Đã lưu tên."))


def _store(request: HttpRequest, said: dict[str, Any]) -> Made:
    store = opening.open_store(**said)
    return Made(words=_("Đã mở cửa hàng %(store)s.") % {"store": store.name})


def _points(request: HttpRequest, said: dict[str, Any]) -> Made:
    """From now on; what was earned under the founding policies stays."""
    at, by = clock.now(), f"user:{request.user.pk}"
    rules = policies.at(at)
    rule = EarningRule(points=said["points"], per_amount=said["per_amount"], valid_from=at)
    policies.publish(rule, by=by, at=at)
    left_out = ["id", "valid_from", "note", "point_value"]
    kept = model_to_dict(rules.spending, exclude=left_out)
    policies.publish(SpendingPolicy(**kept, point_value=said["point_value"], valid_from=at), by=by, at=at)
    policies.publish(ExpiryPolicy(months=said["months"], valid_from=at), by=by, at=at)
    return Made(words=_("Chính sách điểm có hiệu lực từ bây giờ."))


def _tiers(request: HttpRequest, said: dict[str, Any]) -> Made:
    ladders.take(key=request.POST.get("ladder", ""), by=f"user:{request.user.pk}", at=clock.now())
    return Made(words=_("Bảng hạng có hiệu lực từ bây giờ."))


def _welcome(request: HttpRequest, said: dict[str, Any]) -> Made:
    at = clock.now()
    last = VoucherDefinition.objects.filter(key=WELCOME).order_by("-version").first()
    kept = model_to_dict(last, exclude=["id", "version", "valid_from", *said]) if last else {"key": WELCOME}
    names = {"name_vi": "Quà chào mừng", "name_en": "Welcome gift"}
    gift = {
        **names,
        **kept,
        **said,
        "kind": VoucherDefinition.Kind.AMOUNT,
        "percent": None,
        "cap": None,
        "active": True,
    }
    defining.publish(VoucherDefinition(**gift, valid_from=at), by=f"user:{request.user.pk}", at=at)
    steering.start(campaign_id=Campaign.objects.values_list("pk", flat=True).get(key=WELCOME), at=at)
    return Made(words=_("Từ bây giờ thành viên mới nhận quà chào mừng."))


def _terms(request: HttpRequest, said: dict[str, Any]) -> Made:
    terms.begin(**said, by=f"user:{request.user.pk}", at=clock.now())
    return Made(words=_("Thể lệ có hiệu lực từ bây giờ."))


def _key(request: HttpRequest, said: dict[str, Any]) -> Made:
    by = request.user if isinstance(request.user, User) else None
    _made, text = keys.create(store=said["store"], description=_("ngày đầu tiên"), by=by, at=clock.now())
    return Made(words="", secret=text, command=f"python manage.py pos_check {settings.PUBLIC_URL} {text}")


def _channel(request: HttpRequest, said: dict[str, Any]) -> Made:
    shop = Programme.objects.values_list("name", flat=True).get(pk=1)
    text = _("Tin thử của %(shop)s: kênh này đã chạy.") % {"shop": shop}
    trying.send(channel=said["channel"], address=said["address"], shop=shop, text=text, at=clock.now())
    return Made(words=_("Đã gửi. Hãy xem máy của bạn."))


_DO: dict[str, Callable[[HttpRequest, dict[str, Any]], Made]] = {
    "name": _name,
    "stores": _store,
    "points": _points,
    "tiers": _tiers,
    "welcome": _welcome,
    "terms": _terms,
    "key": _key,
    "channels": _channel,
}


def ladder_tables() -> list[dict[str, Any]]:
    """The four ready ladders as tables."""
    currency = wording.currency()
    step = first_step(currency)
    return [
        {
            "key": one.key,
            "name": one.name,
            "why": one.why,
            "days": one.window_days,
            "rungs": [
                {
                    "name": wording.in_language(rung.name_vi, rung.name_en),
                    "color": rung.color,
                    "spend": wording.money(rung.steps * step, currency=currency) if rung.steps else _("từ đầu"),
                }
                for rung in one.rungs
            ],
        }
        for one in ladders.LADDERS
    ]


def links(key: str) -> list[tuple[str, str]]:
    """Where else a step leads, as (words, address)."""
    found: dict[str, list[tuple[str, str]]] = {
        "name": [(_("Logo và màu"), "brand")],
        "stores": [(_("Mọi cửa hàng"), "loyalty_store_changelist")],
        "points": [(_("Chính sách dùng điểm"), "loyalty_spendingpolicy_changelist")],
        "tiers": [(_("Bảng hạng"), "loyalty_tiertable_changelist")],
        "welcome": [(_("Chiến dịch"), "campaigns_campaign_changelist")],
        "terms": [(_("Mọi bản thể lệ"), "members_termstext_changelist")],
        "people": [(_("Nhân viên"), "members_user_changelist"), (_("Cửa hàng"), "loyalty_store_changelist")],
        "key": [(_("Mọi khóa API"), "loyalty_apikey_changelist")],
        "channels": [(_("Giới hạn gửi tin"), "campaigns_sendingpolicy_changelist")],
        "import": [(_("Nhập file"), "imports")],
        "first_point": [(_("Hóa đơn"), "loyalty_purchase_changelist")],
    }
    return [(words, reverse(f"admin:{name}")) for words, name in found.get(key, [])]


def first_sale() -> str:
    """A bill as a till would send it, to be tried from a terminal."""
    body = (
        '{"receipt": "THU-1", "member": {"phone": "0912345678"}, "occurred_at": "'
        + clock.now().isoformat(timespec="seconds")
        + '", "lines": [{"sku": "CF1", "name": "Cà phê", "quantity": 1, "amount": 50000}], "total": 50000}'
    )
    return (
        f"curl {settings.PUBLIC_URL}/api/v1/purchases -H 'Authorization: Bearer lp_live_…' "
        f"-H 'Content-Type: application/json' -d '{body}'"
    )
