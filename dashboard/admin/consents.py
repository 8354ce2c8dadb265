from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from dashboard import wording
from dashboard.admin.base import ShopAdmin
from events import clock
from members.models import ConsentText


class TextForm(forms.ModelForm):
    def clean_valid_from(self) -> Any:
        moment = self.cleaned_data["valid_from"]
        if moment <= clock.now():
            raise forms.ValidationError(__("Chọn một lúc trong tương lai."))
        return moment


@admin.register(ConsentText)
class ConsentTextAdmin(ShopAdmin):
    """The words people agree to: a new version gets a new code, none is edited."""

    noun = "consent text"
    form = TextForm
    list_display = ["code", "purpose_word", "begins", "beginning"]
    list_filter = ["purpose"]
    ordering = ["purpose", "-valid_from"]
    fields = ["code", "purpose", "valid_from", "body_vi", "body_en"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    @display(description=_("mục đích"))
    def purpose_word(self, text: ConsentText) -> str:
        return text.get_purpose_display()

    @display(description=_("có hiệu lực từ"))
    def begins(self, text: ConsentText) -> str:
        return __("từ đầu") if text.valid_from.year < 1990 else wording.moment(text.valid_from)

    @display(description=_("nội dung"))
    def beginning(self, text: ConsentText) -> str:
        return f"{text.body_vi[:100]}…" if len(text.body_vi) > 100 else text.body_vi
