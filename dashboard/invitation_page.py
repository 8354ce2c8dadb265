"""Where an invited person becomes one of the staff: name and password, then the second factor."""

from typing import Any

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django import forms
from django.conf import settings
from django.contrib.auth import login, password_validation
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from dashboard import language
from events import clock
from members import inviting, roles
from members.inviting import InvitationRefused, NameTaken
from members.models import StaffInvitation, User


class AcceptForm(forms.Form):
    last_name = forms.CharField(
        label=gettext_lazy("Họ và tên đệm"), max_length=150, required=False, widget=UnfoldAdminTextInputWidget
    )
    first_name = forms.CharField(label=gettext_lazy("Tên"), max_length=150, widget=UnfoldAdminTextInputWidget)
    username = forms.CharField(
        label=gettext_lazy("Tên đăng nhập"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        widget=UnfoldAdminTextInputWidget({"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Mật khẩu"),
        strip=False,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("Gõ lại mật khẩu"),
        strip=False,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "new-password"}),
    )

    def clean_username(self) -> str:
        return User.normalize_username(self.cleaned_data["username"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        password = said.get("password")
        if password and said.get("again") and password != said["again"]:
            self.add_error("again", _("Hai mật khẩu không giống nhau."))
        if password:
            person = User(**{name: said.get(name, "") for name in ("username", "first_name", "last_name")})
            try:
                password_validation.validate_password(password, person)
            except ValidationError as weak:
                self.add_error("password", weak)
        return said


@never_cache
def page(request: HttpRequest, token: str) -> HttpResponse:
    """The form behind a link of an invitation; the same answer for every link that is of no use."""
    try:
        invitation = inviting.look(token, at=clock.now())
        form = AcceptForm(request.POST or None, initial={"username": invitation.email.partition("@")[0]})
        if request.method == "POST" and form.is_valid():
            return _accept(request, token, form) or _form(request, invitation, form)
    except InvitationRefused:
        return TemplateResponse(request, "account/invitation_refused.html", status=404)
    return _form(request, invitation, form)


def _accept(request: HttpRequest, token: str, form: AcceptForm) -> HttpResponse | None:
    """Signed in, and led to the second factor; None with a word in the form where the name is somebody else's."""
    said = {name: form.cleaned_data[name] for name in ("username", "first_name", "last_name", "password")}
    try:
        user = inviting.accept(token=token, **said, at=clock.now())
    except NameTaken:
        form.add_error("username", _("Tên này đã có người dùng."))
        return None
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    # whoever has just chosen the password is not asked for it again by the page that comes next
    reauthenticate_by_password(request)
    response = HttpResponseRedirect(reverse("mfa_activate_totp"))
    language.remember(response, language=user.locale)
    return response


def _form(request: HttpRequest, invitation: StaffInvitation, form: AcceptForm) -> HttpResponse:
    context = {"form": form, "role": str(roles.LABELS[invitation.role])}
    return TemplateResponse(request, "account/invitation.html", context)
