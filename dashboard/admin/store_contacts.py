from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from dashboard import wording
from dashboard.admin.base import ShopAdmin
from dashboard.member_page.forms import store_choices
from members.models import StoreContact, User
from members.relationship import contacts


class StoreContactForm(forms.ModelForm):
    store_id = forms.TypedChoiceField(label=capfirst(_("cửa hàng")), coerce=int, widget=UnfoldAdminSelectWidget)
    person = forms.ModelChoiceField(
        label=capfirst(_("người phụ trách")),
        queryset=User.objects.none(),
        required=False,
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = StoreContact
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["store_id"].choices = store_choices()[1:]  # type: ignore[attr-defined]
        people = User.objects.filter(is_active=True, groups__isnull=False).distinct()
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        if self.instance.person_id or self.instance.store_id:
            self.initial.update({"store_id": self.instance.store_id, "person": self.instance.person_id})
            self.fields["store_id"].disabled = True


@admin.register(StoreContact)
class StoreContactAdmin(ShopAdmin):
    """Who looks after the members of a store that have nobody of their own."""

    noun = "store contact"
    form = StoreContactForm
    list_display = ["store", "person_name"]
    list_select_related = ["person"]
    ordering = ["store_id"]
    fields = ["store_id", "person"]

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        names = wording.store_names()
        for row in rows:
            row.store_name = names.get(row.store_id, wording.NOTHING)

    def save_model(self, request: HttpRequest, obj: StoreContact, form: Any, change: bool) -> None:
        said = form.cleaned_data
        contacts.set_for_store(store_id=said["store_id"], user_id=said["person"].pk if said["person"] else None)
        obj.store_id, obj.person = said["store_id"], said["person"]

    @display(description=_("cửa hàng"))
    def store(self, row: Any) -> str:
        return row.store_name

    @display(description=_("người phụ trách"))
    def person_name(self, row: StoreContact) -> str:
        return str(row.person) if row.person else wording.NOTHING
