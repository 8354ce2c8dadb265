"""Short surveys: written, looked at, published, and what came of them."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from dashboard import access, confirming, wording
from dashboard.admin.base import ShopAdmin
from dashboard.survey_form import PARTS, PLACES, SurveyForm
from events import clock
from events.refusals import Refusal
from members.models import Survey, SurveyReply
from members.relationship import questions, surveys
from members.relationship.questions import Question
from members.relationship.surveys import Result


def title_of(survey: Survey) -> str:
    return wording.in_language(survey.title_vi, survey.title_en)


@admin.register(Survey)
class SurveyAdmin(ShopAdmin):
    """What stands here is the draft; members see the version that was published last."""

    noun = "survey"
    form = SurveyForm
    list_display = ["name", "state_word", "asked", "until"]
    ordering = ["-id"]
    actions_detail = ["preview", "results", "publish", "stop"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if not (self.has_change_permission(request, obj) if obj else self.has_add_permission(request)):
            return [(None, {"fields": ["title_vi", "title_en", "intro_vi", "intro_en", "for_tag", "ends_at"]})]
        return [
            (None, {"fields": ["title_vi", "title_en", "intro_vi", "intro_en", "for_tag", "ends_at"]}),
            *((__("Câu %(n)s") % {"n": place}, {"fields": [f"q{place}_{part}" for part in PARTS]}) for place in PLACES),
        ]

    def save_model(self, request: HttpRequest, obj: Survey, form: Any, change: bool) -> None:
        if not change:
            obj.created_at, obj.created_by = clock.now(), f"user:{request.user.pk}"
        super().save_model(request, obj, form, change)

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        now = clock.now()
        for row in rows:
            row.standing = _standing(row, now)
            row.answered = SurveyReply.objects.filter(survey_id=row.pk).values_list("pk")[:1000]

    @action(description=_("Xem trước"), permissions=["preview"], icon="visibility")
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        survey = self._found(request, object_id)
        return self._page(request, survey, "preview", {"asked": [_asked(q) for q in questions.read(survey.questions)]})

    @action(description=_("Kết quả"), permissions=["results"], icon="bar_chart")
    def results(self, request: HttpRequest, object_id: str) -> HttpResponse:
        survey = self._found(request, object_id)
        versions = list(survey.versions.order_by("-version")[:20])
        wanted = request.GET.get("version", "")
        version = next((one for one in versions if str(one.version) == wanted), versions[0] if versions else None)
        reads = access.sees_names(request.user)
        told = [_told(result, reads=reads) for result in surveys.results(version_id=version.pk)] if version else []
        shown = {
            "results": told,
            "version": version,
            "published": version and wording.moment(version.published_at),
            "versions": [{"n": one.version, "here": one == version} for one in versions],
        }
        return self._page(request, survey, "results", shown)

    @action(description=_("Đăng"), permissions=["publish"], icon="send")
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        survey = self._found(request, object_id)
        if request.method != "POST":
            question = __("Đăng bản %(n)s của “%(title)s”? Thành viên được hỏi ngay; bản đã đăng không sửa được.")
            told = {"n": survey.version + 1, "title": title_of(survey)}
            return confirming.ask(
                request, self.admin_site, title=__("Đăng"), question=question % told, back=_page_of(survey)
            )
        try:
            version = surveys.publish(survey_id=survey.pk, by=f"user:{request.user.pk}", at=clock.now())
        except Refusal:
            messages.error(request, __("Khảo sát cần từ một đến năm câu hỏi."))
        else:
            messages.success(request, __("Đã đăng bản %(n)s.") % {"n": version.version})
        return HttpResponseRedirect(_page_of(survey))

    @action(description=_("Dừng"), permissions=["stop"], icon="stop_circle")
    def stop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        survey = self._found(request, object_id)
        if request.method != "POST":
            question = __("Dừng hỏi “%(title)s”? Câu trả lời đã có được giữ.") % {"title": title_of(survey)}
            return confirming.ask(request, self.admin_site, title=__("Dừng"), question=question, back=_page_of(survey))
        surveys.stop(survey_id=survey.pk, at=clock.now())
        messages.success(request, __("Đã dừng khảo sát."))
        return HttpResponseRedirect(_page_of(survey))

    def has_preview_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_view_permission(request)

    def has_results_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_view_permission(request)

    def has_publish_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.has_act_permission(request)

    def has_stop_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not self.has_act_permission(request):
            return False
        if object_id is None or not str(object_id).isdigit():
            return object_id is None
        return Survey.objects.filter(pk=object_id, version__gte=1, stopped_at__isnull=True).exists()

    def _found(self, request: HttpRequest, object_id: str) -> Survey:
        survey = self.get_object(request, object_id)
        if survey is None:
            raise Http404
        return survey

    def _page(self, request: HttpRequest, survey: Survey, name: str, shown: dict[str, Any]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": __("Xem trước") if name == "preview" else __("Kết quả"),
            "subtitle": title_of(survey),
            "heading": title_of(survey),
            "intro": wording.in_language(survey.intro_vi, survey.intro_en),
            "back": _page_of(survey),
            **shown,
        }
        return TemplateResponse(request, f"dashboard/survey/{name}.html", context)

    @display(description=_("khảo sát"))
    def name(self, survey: Survey) -> str:
        return title_of(survey)

    @display(
        description=_("trạng thái"), label={"draft": "default", "open": "success", "ended": "info", "stopped": "info"}
    )
    def state_word(self, survey: Any) -> tuple[str, Any]:
        return survey.standing

    @display(description=_("đã trả lời"))
    def asked(self, survey: Any) -> str:
        n = len(survey.answered)
        return wording.points(n) if n < 1000 else "999+"

    @display(description=_("nhận trả lời đến"))
    def until(self, survey: Survey) -> str:
        return wording.moment(survey.ends_at)


def _standing(survey: Survey, now: Any) -> tuple[str, Any]:
    if not survey.version:
        return "draft", _("nháp")
    if survey.stopped_at:
        return "stopped", _("đã dừng")
    if survey.ends_at and survey.ends_at <= now:
        return "ended", _("đã hết hạn")
    return "open", _("đang hỏi, bản %(n)s") % {"n": survey.version}


def _page_of(survey: Survey) -> str:
    return reverse("admin:members_survey_change", args=[survey.pk])


def _asked(question: Question) -> dict[str, Any]:
    return {
        "text": wording.in_language(question.text_vi, question.text_en),
        "kind": question.kind,
        "required": question.required,
        "options": [
            {"text": wording.in_language(option.text_vi, option.text_en), "tag": option.tag}
            for option in question.options
        ],
        "scale": range(11),
    }


def _told(result: Result, *, reads: bool) -> dict[str, Any]:
    """One question's results. What members wrote themselves is for those who may see names."""
    names = {option.key: wording.in_language(option.text_vi, option.text_en) for option in result.question.options}
    most = max((count for _key, count in result.counts), default=0) or 1
    return {
        "text": wording.in_language(result.question.text_vi, result.question.text_en),
        "answered": wording.points(result.answered),
        "mean": None if result.mean is None else wording.decimal(result.mean),
        "bars": [
            {
                "name": names.get(key, key),
                "count": wording.points(count),
                "share": wording.percent(count, result.answered),
                "width": round(100 * count / most),
            }
            for key, count in result.counts
        ],
        "words": result.words if reads else (),
    }
