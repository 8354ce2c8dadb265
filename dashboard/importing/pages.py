"""The pages of an import: bring a file, say what its columns are, look at the check, run it, fetch what was refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanWidget

from dashboard import access, confirming
from dashboard.importing import files, kinds, showing
from dashboard.importing.files import Brought
from dashboard.importing.kinds import KINDS
from dashboard.importing.running import job_of, remembered, start
from dashboard.importing.sheets import Sheet
from events import clock, jobs
from members.importing import words
from members.importing.reading import FileUnreadable

MEMBER_AS = [
    ("", gettext_lazy("tự nhận ra")),
    ("phone", gettext_lazy("số điện thoại")),
    ("card", gettext_lazy("mã thẻ")),
    ("email", gettext_lazy("e-mail")),
    ("external", gettext_lazy("mã khách hàng")),
]


class UploadForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Trong file có gì"),
        choices=[(kind, one.name) for kind, one in KINDS.items()],
        widget=UnfoldAdminSelectWidget,
    )
    file = forms.FileField(
        label=gettext_lazy("Chọn file"),
        allow_empty_file=True,
        help_text=gettext_lazy("CSV (UTF-8) hoặc Excel (.xlsx), dòng đầu là tên cột; tối đa 500 MB."),
        widget=UnfoldAdminFileFieldWidget({"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > files.LARGEST:
            raise forms.ValidationError(words.of_file(FileUnreadable(why="too_large")))
        if not file.name.lower().endswith((".csv", ".txt", ".tsv", ".xlsx")):
            raise forms.ValidationError(_("Chọn file CSV hoặc Excel (.xlsx)."))
        return file


def upload(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """What was brought before, and a form for the next file."""
    _ask(request, "view")
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        _ask(request, "add")
        if form.is_valid():
            file = form.cleaned_data["file"]
            by = f"user:{request.user.pk}"
            brought = files.keep(file.chunks(), name=file.name, kind=form.cleaned_data["kind"], by=by)
            try:
                Sheet(brought.original).samples()
            except FileUnreadable as refusal:
                files.forget(brought)
                form.add_error("file", words.of_file(refusal))
            else:
                return HttpResponseRedirect(reverse("admin:import_columns", args=[brought.token]))
    context = {"title": _("Nhập file"), "form": form, "table": showing.earlier()}
    return _page(request, site, "imports", context)


class ColumnsForm(forms.Form):
    """One choice per column of the file, guessed from its name; and what to do about people and stores not known."""

    def __init__(self, *args: Any, brought: Brought, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = KINDS[brought.kind]
        guessed = brought.columns or kinds.guess(brought.kind, sheet.headers)
        choices = [("", _("bỏ qua")), *self.kind.fields.items()]
        self.places = range(len(sheet.headers))
        for place in self.places:
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=sheet.headers[place] or "—",
                choices=choices,
                required=False,
                initial=guessed.get(place, ""),
                widget=UnfoldAdminSelectWidget,
            )
        said = brought.answers
        if "member" in self.kind.fields:
            self.fields["member_as"] = forms.ChoiceField(
                label=_("Cột khách hàng chứa"),
                choices=MEMBER_AS,
                required=False,
                initial=said.get("member_as", ""),
                widget=UnfoldAdminSelectWidget,
            )
        if brought.kind == "purchases":
            self._switch("create_members", _("Khách chưa có thì thêm thành viên mới"), said)
        if {"store", "home_store"} & set(self.kind.fields):
            self._switch("create_stores", _("Cửa hàng chưa có thì mở cửa hàng mới"), said)

    def _switch(self, name: str, label: str, said: dict[str, Any]) -> None:
        initial = said.get(name, False)
        self.fields[name] = forms.BooleanField(label=label, required=False, initial=initial, widget=UnfoldBooleanWidget)

    def columns(self) -> dict[int, str]:
        return {n: name for n in self.places if (name := self.cleaned_data.get(f"column_{n}", ""))}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = list(self.columns().values())
        fields = self.kind.fields
        missing = [str(fields[name]) for name in self.kind.required if name not in chosen]
        twice = [str(fields[name]) for name in fields if chosen.count(name) > 1]
        if missing:
            raise forms.ValidationError(_("Chưa chọn cột cho: %(fields)s.") % {"fields": ", ".join(missing)})
        if twice:
            raise forms.ValidationError(_("Hai cột cùng là: %(fields)s.") % {"fields": ", ".join(twice)})
        return cleaned

    def rows(self, samples: list[list[str]]) -> Iterator[tuple[Any, list[str]]]:
        """Each column's choice beside what stands in it."""
        for place in self.places:
            seen = [row[place] for row in samples if place < len(row) and row[place]]
            yield self[f"column_{place}"], seen

    def others(self) -> list[Any]:
        return [self[name] for name in ("member_as", "create_members", "create_stores") if name in self.fields]


def columns(request: HttpRequest, site: AdminSite, token: str) -> HttpResponse:
    """Which column is which; sent, it begins the check."""
    _ask(request, "add")
    brought = _found(token)
    if job_of(brought, dry=False) is not None:
        return HttpResponseRedirect(reverse("admin:import_result", args=[token]))
    sheet = Sheet(brought.original)
    form = ColumnsForm(request.POST or None, brought=brought, sheet=sheet)
    if request.method == "POST" and form.is_valid():
        brought.columns = form.columns()
        kept = {name: form.cleaned_data[name] for name in form.fields if not name.startswith("column_")}
        brought.answers = {**kept, "choice": brought.answers.get("choice", 0) + 1}
        brought.write()
        start(brought, dry=True, by=f"user:{request.user.pk}", at=clock.now())
        return HttpResponseRedirect(reverse("admin:import_result", args=[token]))
    context = {
        "title": _("Cột nào là gì"),
        "subtitle": brought.name,
        "form": form,
        "rows": list(form.rows(sheet.samples())),
        "back": reverse("admin:imports"),
    }
    return _page(request, site, "import_columns", context)


def one(request: HttpRequest, site: AdminSite, token: str) -> HttpResponse:
    """How far it is, what the check or the import came to, and what may be done next."""
    _ask(request, "view")
    brought = files.find(token) or remembered(token)
    if brought is None:
        raise Http404
    if request.method == "POST" and brought.folder.is_dir():
        return _act(request, site, brought, request.POST.get("do", ""))
    context = showing.context(brought, may_run=access.may(request.user, "act", "import"))
    if request.headers.get("HX-Request"):
        response = TemplateResponse(request, "dashboard/import_progress.html", context)
        response["Cache-Control"] = "no-store"
        return response
    return _page(request, site, "import", {**context, "title": _("Nhập file"), "subtitle": brought.name})


def _act(request: HttpRequest, site: AdminSite, brought: Brought, do: str) -> HttpResponse:
    here, by, at = reverse("admin:import_result", args=[brought.token]), f"user:{request.user.pk}", clock.now()
    check, run = job_of(brought, dry=True), job_of(brought, dry=False)
    if do in {"ask", "run"}:
        _ask(request, "act")
        if check is None or check.state != check.State.DONE:
            messages.error(request, _("Hãy đợi kiểm tra xong."))
        elif do == "ask":
            question = _("Nhập %(name)s thật? Việc này không hoàn tác được bằng một nút.") % {"name": brought.name}
            context = {"do": "run", "button": _("Nhập thật")}
            return confirming.ask(request, site, title=_("Nhập thật"), question=question, back=here, **context)
        else:
            start(brought, dry=False, by=by, at=at)
    elif do in {"cancel", "resume"}:
        job = run or check
        _ask(request, "act" if run else "add")
        if job is not None:
            (jobs.cancel if do == "cancel" else jobs.retry)(job_ids=[job.pk], by=by, at=at)
    return HttpResponseRedirect(here)


def errors(request: HttpRequest, site: AdminSite, token: str) -> FileResponse:
    """The refused rows, to be mended and brought again."""
    _ask(request, "view")
    brought = _found(token)
    path = brought.errors(dry=job_of(brought, dry=False) is None)
    if not path.is_file():
        raise Http404
    name = f"{Path(brought.name).stem}.errors.csv"
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response


def _ask(request: HttpRequest, right: str) -> None:
    if not access.may(request.user, right, "import"):
        raise PermissionDenied


def _found(token: str) -> Brought:
    brought = files.find(token)
    if brought is None:
        raise Http404
    return brought


def _page(request: HttpRequest, site: AdminSite, name: str, context: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(request, f"dashboard/{name}.html", {**site.each_context(request), **context})
