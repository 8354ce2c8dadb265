"""What the shop knows of the member, for the member to see and to mend."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from events import clock
from loyalty.models import Store
from members import birthdays, changing, identifying, joining
from members.models import Identifier, Member
from portal import access, card, frame, reading
from portal.access import MemberRequest


class Profile(forms.Form):
    name = forms.CharField(max_length=joining.LONGEST_NAME)
    call_name = forms.CharField(max_length=joining.LONGEST_NAME, required=False)
    birthday = forms.CharField(max_length=10, required=False)
    gender = forms.ChoiceField(choices=[("", gettext_lazy("không nói")), *Member.Gender.choices], required=False)
    email = forms.CharField(max_length=254, required=False)
    province = forms.CharField(max_length=joining.LONGEST_NAME, required=False)
    locale = forms.ChoiceField(choices=settings.LANGUAGES)

    def clean_birthday(self) -> birthdays.Birthday | None:
        return reading.birthday(self.cleaned_data["birthday"])

    def clean_email(self) -> str:
        text: str = self.cleaned_data["email"]
        try:
            return identifying.email(text) if text.strip() else ""
        except identifying.EmailUnreadable:
            raise forms.ValidationError(_("Không đọc được địa chỉ e-mail này.")) from None


@require_safe
@access.members_only
def you(request: MemberRequest) -> HttpResponse:
    """The way to everything that is the member's own."""
    at = clock.now()
    home = Store.objects.filter(pk=request.member.home_store_id or 0).first()
    shown = frame.around(request, tab="you", at=at, card=card.of(request, at=at), home_store=home)
    return render(request, "portal/you.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@access.members_only
def edit(request: MemberRequest) -> HttpResponse:
    at = clock.now()
    email = _email(request.member)
    form = Profile(request.POST or None, initial=_known(request.member, email=email))
    if request.method == "POST" and form.is_valid():
        try:
            _change(request, said=form.cleaned_data, email=email)
            messages.success(request, _("Đã lưu hồ sơ."))
            return redirect("portal_you")
        except joining.NameUnreadable:
            form.add_error("name", _("Hãy cho biết tên của bạn."))
    shown = frame.around(request, tab="you", at=at, form=form, phone=card.of(request, at=at).phone)
    return render(request, "portal/profile.html", shown, status=422 if form.errors else 200)


@transaction.atomic
def _change(request: MemberRequest, *, said: dict[str, Any], email: str) -> None:
    """Only what differs is written, and told to whoever hears of changes."""
    member = request.member
    who: dict[str, Any] = {
        "member_id": member.pk,
        "by": f"member:{member.pk}",
        "at": clock.now(),
        "request_id": access.request_id(request),
    }
    changing.rename(name=said["name"], call_name=said["call_name"], **who)
    changing.change_birthday(birthday=said["birthday"], **who)
    changing.change_details(gender=said["gender"], province=said["province"], locale=said["locale"], **who)
    if said["email"] and said["email"] != email:
        changing.move_email(email=said["email"], verified=False, **who)


def _known(member: Member, *, email: str) -> dict[str, Any]:
    return {
        "name": member.name,
        "call_name": member.call_name,
        "birthday": _born(member),
        "gender": member.gender,
        "email": email,
        "province": member.province,
        "locale": member.locale,
    }


def _born(member: Member) -> str:
    if member.birth_day is None:
        return ""
    day = f"{member.birth_day}/{member.birth_month}"
    return f"{day}/{member.birth_year}" if member.birth_year else day


def _email(member: Member) -> str:
    known = Identifier.objects.filter(member=member, kind=Identifier.Kind.EMAIL, until_at__isnull=True)
    return known.values_list("value", flat=True).first() or ""
