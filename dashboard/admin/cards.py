"""Printed cards by the batch: laid in as a range or a list, and their numbers handed to the printer once."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from dashboard import confirming, wording
from dashboard.admin.base import ShopAdmin
from events import clock
from events.refusals import Refusal
from members import card_stock
from members.models import Card, CardBatch


class BatchForm(forms.ModelForm):
    numbers = forms.CharField(
        label=_("hoặc dán danh sách số thẻ"),
        required=False,
        help_text=_("Mỗi dòng một số, như nhà in giao. Để trống phần dãy số ở trên."),
        widget=UnfoldAdminTextareaWidget({"rows": 6}),
    )

    class Meta:
        model = CardBatch
        fields = ["name", "prefix", "first", "last", "width"]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        listed = told.get("numbers", "").split()
        ranged = told.get("first") is not None and told.get("last") is not None
        if bool(listed) == ranged:
            raise forms.ValidationError(__("Điền dãy số, hoặc dán danh sách: một trong hai."))
        if self.errors:
            return told
        try:
            card_stock.check(name=told["name"], **self.numbering(told))
        except Refusal:
            raise forms.ValidationError(
                __("Không tạo được số thẻ như vậy: chỉ chữ không dấu và số, 4 đến 32 ký tự, tối đa 2.000.000 thẻ.")
            ) from None
        return told

    def numbering(self, told: dict[str, Any]) -> dict[str, Any]:
        """The list that was pasted, else the range."""
        listed = told.get("numbers", "").split()
        return {"numbers": listed} if listed else {key: told[key] for key in ("prefix", "first", "last", "width")}


@admin.register(CardBatch)
class CardBatchAdmin(ShopAdmin):
    noun = "card"
    form = BatchForm
    list_display = ["name", "range", "size", "laid_in", "active", "taken"]
    ordering = ["-id"]
    actions_detail = ["take_numbers"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return ["name", "prefix", "first", "last", "width", "numbers"]
        return ["name", "range", "size", "laid_in", "active", "blocked", "taken", "made_by"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.get_fields(request, obj) if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change, **{**kwargs, "fields": []})
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: CardBatch, form: Any, change: bool) -> None:
        told = form.cleaned_data
        numbering = form.numbering(told)
        lay_in = card_stock.lay_in_list if "numbers" in numbering else card_stock.lay_in_range
        made: CardBatch = lay_in(name=told["name"], by=f"user:{request.user.pk}", at=clock.now(), **numbering)
        obj.pk = made.pk

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    @action(description=_("Xuất số thẻ cho nhà in"), permissions=["act"], icon="download")
    def take_numbers(self, request: HttpRequest, object_id: str) -> HttpResponse | StreamingHttpResponse:
        batch = cast(CardBatch | None, self.get_object(request, object_id))
        if batch is None:
            raise Http404
        back = reverse("admin:members_cardbatch_change", args=[batch.pk])
        if request.method != "POST":
            question = __("Xuất %(count)s số thẻ của lô %(name)s? Chỉ xuất được một lần.") % {
                "count": wording.points(batch.made),
                "name": batch.name,
            }
            return confirming.ask(request, self.admin_site, title=__("Xuất số thẻ"), question=question, back=back)
        try:
            numbers = card_stock.numbers_of(batch_id=batch.pk, by=f"user:{request.user.pk}", at=clock.now())
        except Refusal:
            messages.error(request, __("Lô này đã xuất rồi, hoặc chưa tạo xong thẻ."))
            return HttpResponseRedirect(back)
        response = StreamingHttpResponse((f"{number}\r\n" for number in numbers), content_type="text/csv")
        response["Content-Disposition"] = f'attachment; filename="cards-{batch.pk}.csv"'
        response["Cache-Control"] = "no-store"
        return response

    @display(description=_("dãy số"))
    def range(self, batch: CardBatch) -> str:
        if batch.first is None or batch.last is None:
            return __("danh sách")
        begin, end = (f"{batch.prefix}{number:0{batch.width}d}" for number in (batch.first, batch.last))
        return f"{begin} – {end}"

    @display(description=_("số thẻ"))
    def size(self, batch: CardBatch) -> str:
        return wording.points(batch.count)

    @display(description=_("đã tạo"))
    def laid_in(self, batch: CardBatch) -> str:
        said = wording.points(batch.made)
        if batch.clashes:
            said += ", " + __("%(n)s số đã có nơi khác") % {"n": wording.points(batch.clashes)}
        return said

    @display(description=_("đang dùng"))
    def active(self, batch: CardBatch) -> str:
        return self._count(batch, Card.State.ACTIVE)

    @display(description=_("đã khóa"))
    def blocked(self, batch: CardBatch) -> str:
        return self._count(batch, Card.State.BLOCKED)

    def _count(self, batch: CardBatch, state: str) -> str:
        return wording.points(Card.objects.filter(batch=batch, state=state).count())

    @display(description=_("đã xuất"))
    def taken(self, batch: CardBatch) -> str:
        if batch.exported_at is None:
            return wording.NOTHING
        return f"{wording.moment(batch.exported_at)}, {wording.who(batch.exported_by)}"

    @display(description=_("tạo"))
    def made_by(self, batch: CardBatch) -> str:
        return f"{wording.moment(batch.created_at)}, {wording.who(batch.created_by)}"
