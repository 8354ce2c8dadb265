"""Points for what is no purchase: every version with where it stands; one is added for a day to come, or ended."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from dashboard import access, confirming, policy_words, wording
from dashboard.admin.base import Labelled, ShopAdmin
from dashboard.admin.policies import PolicyForm
from events import clock
from events.refusals import Refusal
from loyalty import bonus_events
from loyalty.models import BonusEvent

STATES = {
    "live": (_("đang chạy"), "success"),
    "ahead": (_("sắp chạy"), "info"),
    "replaced": (_("đã có bản mới"), "default"),
    "ended": (_("kết thúc"), "default"),
}
COLOURS = {state: colour for state, (_word, colour) in STATES.items()}
COPIED = ("key", "name_vi", "name_en", "points", "often", "most_a_day", "most_ever")


class BonusEventForm(PolicyForm):
    def clean_key(self) -> str:
        return str(self.cleaned_data["key"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("often") != BonusEvent.Often.EVERY:
            for limit in ("most_a_day", "most_ever"):
                if said.get(limit):
                    self.add_error(limit, forms.ValidationError(__("Chỉ đặt giới hạn khi thưởng mỗi lần.")))
        return said


@admin.register(BonusEvent)
class BonusEventAdmin(ShopAdmin):
    noun = "policy"
    form = BonusEventForm
    list_display = ["name", "key", "gives", "rhythm", "state", "begins"]
    list_display_links = ["name"]
    ordering = ["key", "-valid_from"]
    search_fields = ["key", "name_vi", "name_en"]
    list_before_template = "dashboard/policy_note.html"
    actions_detail = ["end", "next_version"]
    fields = ["key", "name_vi", "name_en", "points", "often", "most_a_day", "most_ever", "valid_from", "note"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["name", "key", "gives", "rhythm", "state", "begins", "published", "note"] if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "valid_from" in form.base_fields:
            form.base_fields["valid_from"].help_text = _("Một lúc trong tương lai; bản đang chạy giữ đến lúc đó.")
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """`?of=` a version: the next one begins as its copy."""
        of = request.GET.get("of", "")
        before = BonusEvent.objects.filter(pk=of).first() if of.isascii() and of.isdigit() and len(of) < 10 else None
        return {name: getattr(before, name) for name in COPIED} if before else {}

    def save_model(self, request: HttpRequest, obj: BonusEvent, form: Any, change: bool) -> None:
        bonus_events.publish(obj, by=f"user:{request.user.pk}", at=clock.now())

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        actors = wording.Actors(row.published_by for row in rows)
        states = bonus_events.states(rows, at=clock.now())
        for row in rows:
            row.standing = states[row.pk]
            row.publisher = actors.name(row.published_by)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        version = super().get_object(request, object_id, from_field)
        if version is not None:
            self.prepare(request, [version])
        return version

    @display(description=_("tên"))
    def name(self, row: BonusEvent) -> str:
        return wording.in_language(row.name_vi, row.name_en)

    @display(description=_("thưởng"))
    def gives(self, row: BonusEvent) -> str:
        return __("%(points)s điểm") % {"points": wording.points(row.points)}

    @display(description=_("mỗi thành viên được thưởng"))
    def rhythm(self, row: BonusEvent) -> str:
        return policy_words.rhythm(row)

    @display(description=_("trạng thái"), label=COLOURS)
    def state(self, row: Any) -> tuple[str, Any]:
        return Labelled(row.standing, STATES[row.standing][0])

    @display(description=_("có hiệu lực từ"), ordering="valid_from")
    def begins(self, row: BonusEvent) -> str:
        return wording.moment(row.valid_from)

    @display(description=_("người đăng"))
    def published(self, row: Any) -> str:
        return f"{row.publisher}, {wording.moment(row.published_at)}"

    @action(description=_("Kết thúc"), permissions=["end"], icon="stop_circle")
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = self._found(request, object_id)
        back = reverse("admin:loyalty_bonusevent_change", args=[version.pk])
        if request.method != "POST":
            question = __("Kết thúc “%(name)s” từ bây giờ? Không chạy lại được; điểm đã tích giữ nguyên.")
            said = question % {"name": self.name(version)}
            return confirming.ask(request, self.admin_site, title=__("Kết thúc"), question=said, back=back)
        try:
            bonus_events.end(id=version.pk, by=f"user:{request.user.pk}", at=clock.now())
        except Refusal:
            messages.error(request, __("Bản này không còn chạy."))
        else:
            messages.success(request, __("Đã ghi: %(what)s.") % {"what": __("Kết thúc").lower()})
        return HttpResponseRedirect(back)

    @action(description=_("Soạn bản mới"), permissions=["write"], icon="edit")
    def next_version(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = self._found(request, object_id)
        return HttpResponseRedirect(f"{reverse('admin:loyalty_bonusevent_add')}?of={version.pk}")

    def has_write_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return access.may(request.user, "add", self.noun)

    def has_end_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Who publishes may end; the button stands on what runs, or is to run."""
        if not access.may(request.user, "add", self.noun):
            return False
        if object_id is None or not str(object_id).isdigit():
            return object_id is None
        version = BonusEvent.objects.filter(pk=object_id).first()
        return version is not None and bonus_events.state(version, at=clock.now()) in bonus_events.RUNS_OR_WILL

    def _found(self, request: HttpRequest, object_id: str) -> BonusEvent:
        version = self.get_object(request, object_id)
        if version is None:
            raise Http404
        return cast(BonusEvent, version)
