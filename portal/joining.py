"""Joining from a poster: /join/<store>. Phone and name, the code, then each consent for itself, and the gift."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from events import clock
from loyalty.models import Store
from members import birthdays, closing, consenting, finding, identifying, joining, moving_phone
from members.consenting import ConsentGiven
from members.models import Closing, Member, Purpose
from portal import access, agreeing, entering, reading, wallet
from portal.access import MemberRequest

PAGE = require_http_methods(["GET", "HEAD", "POST"])
SOURCES = (
    ("", gettext_lazy("Không muốn nói")),
    ("friend", gettext_lazy("Bạn bè, người thân")),
    ("passing", gettext_lazy("Đi ngang cửa hàng")),
    ("staff", gettext_lazy("Nhân viên giới thiệu")),
    ("facebook", "Facebook"),
    ("zalo", "Zalo"),
    ("search", gettext_lazy("Tìm trên mạng")),
    ("other", gettext_lazy("Nguồn khác")),
)
# what else one may agree to is asked where it is done: a recommendation, beside its words
ASKED = (Purpose.PROGRAMME, Purpose.MARKETING, Purpose.PROFILING)
# how long the page looks for the welcome gift, a look a second
LOOKS = 15


class AboutYou(forms.Form):
    """What somebody says after the phone was proved. Nothing is ticked before; only name and terms are needed."""

    name = forms.CharField(max_length=joining.LONGEST_NAME)
    birthday = forms.CharField(max_length=10, required=False)
    source = forms.ChoiceField(choices=SOURCES, required=False)
    terms = forms.BooleanField(error_messages={"required": gettext_lazy("Cần chấp nhận thể lệ để tham gia.")})
    programme = forms.BooleanField(
        error_messages={"required": gettext_lazy("Cần đồng ý mục này để có thẻ thành viên.")}
    )
    marketing = forms.BooleanField(required=False)
    profiling = forms.BooleanField(required=False)

    def clean_name(self) -> str:
        name = identifying.clean(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Hãy cho biết tên của bạn."))
        return name

    def clean_birthday(self) -> birthdays.Birthday | None:
        return reading.birthday(self.cleaned_data["birthday"])


@PAGE
@access.for_strangers
def join(request: HttpRequest, store: str = "") -> HttpResponse:
    """Phone and name. A code goes to the phone, a member's or not."""
    shop = _store(store)
    phone, name, wrong = request.POST.get("phone", ""), request.POST.get("name", ""), ""
    if request.method == "POST":
        try:
            entering.begin(
                request,
                purpose="join",
                phone=identifying.phone(phone),
                name=identifying.clean(name)[: joining.LONGEST_NAME],
                store=shop.code if shop else "",
            )
            return redirect("portal_code")
        except identifying.PhoneUnreadable:
            wrong = _("Không đọc được số điện thoại này. Ví dụ: 0912 345 678.")
        except entering.NotSent as refusal:
            wrong = str(refusal)
    shown = {"store": shop, "phone": phone, "name": name, "wrong": wrong}
    return render(request, "portal/join.html", shown, status=422 if wrong else 200)


@PAGE
@access.for_strangers
def about_you(request: HttpRequest) -> HttpResponse:
    """The phone is proved and nobody's: the consents, one by one, and whoever agrees to the terms is a member."""
    phone = entering.proved_phone(request)
    if phone is None:
        return redirect("portal_sign_in")
    entry = entering.said(request) or {}
    if not entry.get("not_mine"):
        member = finding.by_phone(phone)
        closed = None if member is not None else closing.closed(phone=phone, at=clock.now())
        if member is not None or closed is not None:
            return _whose(request, member=member, closed=closed, entry=entry)
    form = AboutYou(request.POST or None, initial={"name": entry.get("name", "")})
    if request.method == "POST" and form.is_valid():
        try:
            return _become_a_member(request, phone=phone, entry=entry, said=form.cleaned_data)
        except consenting.GuardianNeeded:
            form.add_error("birthday", _("Dưới 16 tuổi: các mục không bắt buộc cần cha mẹ đồng ý tại cửa hàng."))
    shown = {
        "form": form,
        "masked": entering.masked(entry),
        "texts": [
            {**text, "ticked": bool(form[text["purpose"]].value()), "errors": form.errors.get(text["purpose"], [])}
            for text in consent_texts()
        ],
        "terms": agreeing.shown(at=clock.now()),
        "sources": SOURCES,
        "asks_name": not entry.get("name") or bool(form.errors.get("name")),
    }
    return render(request, "portal/about_you.html", shown, status=422 if form.errors else 200)


@require_safe
@access.members_only
def welcome(request: MemberRequest) -> HttpResponse:
    """The account is open; the page waits some seconds for the gift that campaigns give."""
    return render(request, "portal/welcome.html", _gift(request))


@require_safe
@access.members_only
def gift(request: MemberRequest) -> HttpResponse:
    """A look for the gift: the gift, or the same question a second later, or that it will come."""
    return render(request, "portal/parts/gift.html", _gift(request))


def consent_texts() -> list[dict[str, Any]]:
    """The texts in force that a member is asked about, one for each purpose, in the language of the page."""
    english = translation.get_language() == "en"
    return [
        {"purpose": text.purpose, "code": text.code, "body": text.body_en if english else text.body_vi}
        for text in consenting.texts(at=clock.now())
        if text.purpose in ASKED
    ]


def _whose(
    request: HttpRequest, *, member: Member | None, closed: Closing | None, entry: dict[str, Any]
) -> HttpResponse:
    """The number has a card already, perhaps a closed one: its owner's, or that of who had the number before."""
    said = request.POST.get("whose", "")
    if said == "mine":
        entering.forget(request)
        if member is None and closed is not None:
            by = f"member:{closed.member_id}"
            member = closing.come_back(
                member_id=closed.member_id, by=by, at=clock.now(), request_id=access.request_id(request)
            )
        assert member is not None  # noqa: S101  one of the two is there
        access.enter(request, member=member, own_phone=True)
        return redirect("portal_home")
    if said == "before":
        request.session[entering.KEY] = {**entry, "not_mine": True}
        return redirect("portal_joining")
    return render(request, "portal/whose.html", {"masked": entering.masked(entry), "closed": closed})


def _become_a_member(request: HttpRequest, *, phone: str, entry: dict[str, Any], said: dict[str, Any]) -> HttpResponse:
    shop = _store(entry.get("store", ""), missing_is_fine=True)
    at = clock.now()
    chosen = [
        ConsentGiven(purpose=text["purpose"], channel="any", text=text["code"], how="portal")
        for text in consent_texts()
        if said.get(text["purpose"])
    ]
    try:
        join_as = moving_phone.join_with_passed_phone if entry.get("not_mine") else joining.join
        member = join_as(
            name=said["name"],
            phone=phone,
            birthday=said["birthday"],
            source=said["source"],
            locale=translation.get_language() or "vi",
            joined_via="portal",
            store_id=shop.pk if shop else None,
            consents=chosen,
            by="member:new",
            at=at,
            request_id=access.request_id(request),
        )
    except joining.MemberExists:  # the button was pressed twice
        known = finding.by_phone(phone)
        if known is None:
            raise
        member = known
    entering.forget(request)
    access.enter(request, member=member, own_phone=True)
    return redirect("portal_welcome")


def _gift(request: MemberRequest) -> dict[str, Any]:
    looked = request.GET.get("looked", "0")
    looks = int(looked) if looked.isascii() and looked.isdigit() and len(looked) < 4 else LOOKS
    given = wallet.live(request.member, at=clock.now())
    return {"vouchers": given[:1], "looked": looks + 1, "still_looking": looks < LOOKS}


def _store(code: str, *, missing_is_fine: bool = False) -> Store | None:
    """The store of a poster; no store at all is the business itself."""
    if not code:
        return None
    store = Store.objects.filter(code=code, practice_of=None, closed=False).first()
    if store is None and not missing_is_fine:
        raise Http404
    return store
