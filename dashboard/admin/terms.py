from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.defaultfilters import linebreaksbr
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from dashboard import wording
from dashboard.admin.base import ShopAdmin
from events import clock
from members import terms
from members.models import TermsText


class TermsForm(forms.ModelForm):
    def clean_valid_from(self) -> Any:
        moment = self.cleaned_data["valid_from"]
        if moment <= clock.now():
            raise forms.ValidationError(__("Chọn một lúc trong tương lai."))
        return moment


@admin.register(TermsText)
class TermsTextAdmin(ShopAdmin):
    """The programme's terms: a new version gets a new code and a day to come; what people accepted is never edited."""

    noun = "terms"
    form = TermsForm
    list_display = ["code", "state", "begins", "publisher", "beginning"]
    ordering = ["-valid_from"]
    fields = ["code", "valid_from", "body_vi", "body_en", "changes_vi", "changes_en"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        now = terms.in_force(at=clock.now())
        actors = wording.Actors(row.published_by for row in rows)
        for row in rows:
            row.holds = now is not None and row.pk == now.pk
            row.publisher_name = actors.name(row.published_by)

    def save_model(self, request: HttpRequest, obj: TermsText, form: Any, change: bool) -> None:
        obj.published_by = f"user:{request.user.pk}"
        super().save_model(request, obj, form, change)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return list(self.fields)
        return ["code", "begins", "publisher", "vietnamese", "english", "changes_vi", "changes_en"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.get_fields(request, obj) if obj else []

    @display(description=_("nội dung tiếng Việt"))
    def vietnamese(self, text: TermsText) -> str:
        return linebreaksbr(text.body_vi)

    @display(description=_("nội dung tiếng Anh"))
    def english(self, text: TermsText) -> str:
        return linebreaksbr(text.body_en)

    @display(description=_("trạng thái"), label={"now": "success", "ahead": "info", "before": "default"})
    def state(self, text: Any) -> tuple[str, Any]:
        if getattr(text, "holds", False):
            return "now", _("đang áp dụng")
        return ("ahead", _("sắp áp dụng")) if text.valid_from > clock.now() else ("before", _("bản cũ"))

    @display(description=_("có hiệu lực từ"))
    def begins(self, text: TermsText) -> str:
        return __("từ đầu") if text.valid_from.year < 1990 else wording.moment(text.valid_from)

    @display(description=_("người đăng"))
    def publisher(self, text: Any) -> str:
        return str(getattr(text, "publisher_name", ""))

    @display(description=_("nội dung"))
    def beginning(self, text: TermsText) -> str:
        return f"{text.body_vi[:60]}…" if len(text.body_vi) > 60 else text.body_vi
