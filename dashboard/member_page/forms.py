"""The forms of what staff do on a member's page."""

from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from loyalty.models import Store
from members import birthdays, joining
from members.models import CaseKind, Member, Note, User
from members.relationship import cases, notes, saying


def staff_choices() -> list[tuple[str, str]]:
    """Whoever works in the shop and signs in, by name."""
    people = User.objects.filter(is_active=True, groups__isnull=False).distinct().order_by("last_name", "first_name")
    return [("", "—"), *((str(person.pk), str(person)) for person in people[:500])]


def store_choices() -> list[tuple[str, str]]:
    stores = Store.objects.filter(practice_of=None).order_by("name")
    return [("", "—"), *((str(store.pk), store.name) for store in stores)]


class Once(forms.Form):
    """A form that has its effect once however often it is sent."""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class NoteForm(Once):
    text = forms.CharField(label=_("Ghi chú"), max_length=notes.LONGEST, widget=UnfoldAdminTextareaWidget({"rows": 4}))
    seen_by = forms.ChoiceField(
        label=_("Ai xem được"), choices=Note.SeenBy.choices, initial="office", widget=UnfoldAdminSelectWidget
    )
    pinned = forms.BooleanField(label=_("Ghim lên đầu"), required=False, widget=UnfoldBooleanSwitchWidget)


class CaseForm(Once):
    kind = forms.ChoiceField(label=_("Loại phiếu"), choices=CaseKind.choices, widget=UnfoldAdminSelectWidget)
    subject = forms.CharField(
        label=_("Tiêu đề"),
        max_length=cases.LONGEST_SUBJECT,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Để trống: dòng đầu của nội dung."),
    )
    words = forms.CharField(
        label=_("Khách nói gì"), max_length=saying.LONGEST, widget=UnfoldAdminTextareaWidget({"rows": 5})
    )
    store_id = forms.TypedChoiceField(
        label=capfirst(_("cửa hàng")), coerce=int, empty_value=None, required=False, widget=UnfoldAdminSelectWidget
    )
    owner_id = forms.TypedChoiceField(
        label=capfirst(_("người xử lý")),
        coerce=int,
        empty_value=None,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Để trống: người phụ trách của thành viên."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["store_id"].choices = store_choices()  # type: ignore[attr-defined]
        self.fields["owner_id"].choices = staff_choices()  # type: ignore[attr-defined]


class ContactForm(forms.Form):
    contact_person = forms.TypedChoiceField(
        label=capfirst(_("người phụ trách")),
        coerce=int,
        empty_value=None,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Để trống: người phụ trách của cửa hàng."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact_person"].choices = staff_choices()  # type: ignore[attr-defined]


class TagForm(forms.Form):
    key = forms.CharField(
        label=_("Nhãn"),
        max_length=64,
        widget=UnfoldAdminTextInputWidget({"list": "known-tags", "autocapitalize": "none"}),
        help_text=_("Chữ thường không dấu, số, gạch nối; ví dụ: di-ung-sua."),
    )


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Họ tên"), max_length=joining.LONGEST_NAME, widget=UnfoldAdminTextInputWidget({"autocomplete": "off"})
    )
    honorific = forms.CharField(
        label=_("Xưng hô"), max_length=40, required=False, widget=UnfoldAdminTextInputWidget({"list": "honorifics"})
    )
    call_name = forms.CharField(
        label=_("Tên gọi"), max_length=joining.LONGEST_NAME, required=False, widget=UnfoldAdminTextInputWidget
    )
    gender = forms.ChoiceField(
        label=_("Giới tính"),
        choices=[("", "—"), *Member.Gender.choices],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    birth_day = forms.IntegerField(
        label=_("Ngày sinh"), required=False, min_value=1, max_value=31, widget=UnfoldAdminIntegerFieldWidget
    )
    birth_month = forms.IntegerField(
        label=_("Tháng sinh"), required=False, min_value=1, max_value=12, widget=UnfoldAdminIntegerFieldWidget
    )
    birth_year = forms.IntegerField(
        label=_("Năm sinh"),
        required=False,
        min_value=birthdays.EARLIEST_YEAR,
        max_value=2200,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    birth_calendar = forms.ChoiceField(
        label=_("Lịch"), choices=Member.Calendar.choices, initial="solar", widget=UnfoldAdminSelectWidget
    )
    province = forms.CharField(
        label=_("Tỉnh, thành phố"), max_length=120, required=False, widget=UnfoldAdminTextInputWidget
    )
    ward = forms.CharField(label=_("Phường, xã"), max_length=120, required=False, widget=UnfoldAdminTextInputWidget)
    locale = forms.ChoiceField(label=_("Ngôn ngữ"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget)
    home_store_id = forms.TypedChoiceField(
        label=_("Cửa hàng quen"), coerce=int, empty_value=None, required=False, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["home_store_id"].choices = store_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Day and month become one birthday."""
        said = super().clean() or {}
        day, month, year = (said.pop(f"birth_{part}", None) for part in ("day", "month", "year"))
        calendar = said.pop("birth_calendar", "solar")
        said["birthday"] = None
        if day or month:
            try:
                said["birthday"] = birthdays.Birthday(day=day or 0, month=month or 0, year=year, calendar=calendar)
            except birthdays.BirthdayImpossible:
                self.add_error("birth_day", str(_("Không có ngày sinh như vậy.")))
        return said


def profile_of(member: Member) -> dict[str, Any]:
    """What the profile form begins with."""
    return {name: getattr(member, name) for name in ProfileForm.base_fields}
