"""What the pages of an import say: how far it is, what it came to, and the first rows that were refused."""

import csv
import itertools
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboard import wording
from dashboard.importing import files, kinds
from dashboard.importing.files import KIND, Brought
from dashboard.importing.kinds import KINDS
from dashboard.importing.running import job_of
from dashboard.tables import Table
from events.models import Job
from members.importing import words
from members.importing.reading import FileUnreadable

SHOWN = 20
FIRST_ERRORS = 10


def earlier() -> Table:
    """The files brought last, each with its latest step."""
    found: dict[str, Job] = {}
    for job in Job.objects.filter(kind=KIND).order_by("-id")[: 5 * SHOWN]:
        token = job.cursor["token"]
        if token not in found or (not job.cursor["dry"] and found[token].cursor["dry"]):
            found[token] = job
    actors = wording.Actors(job.by for job in found.values())
    return Table(
        title=_("Các lần nhập gần đây"),
        headings=[_("Tên file"), _("Trong file có gì"), _("Bước"), _("Trạng thái"), _("Người yêu cầu"), _("Lúc")],
        rows=[
            [
                _link(token, job.cursor["name"]),
                KINDS[job.cursor["of"]].name,
                _("kiểm tra") if job.cursor["dry"] else _("nhập thật"),
                state(job),
                actors.name(job.by),
                wording.moment(job.asked_at),
            ]
            for token, job in itertools.islice(found.items(), SHOWN)
        ],
        empty=_("Chưa nhập file nào."),
    )


def waiting() -> int:
    """Files that were checked and wait for somebody who may let them in."""
    checked = Job.objects.filter(kind=KIND, key__endswith=".check", state=Job.State.DONE).order_by("-id")[: 5 * SHOWN]
    tokens = {job.cursor["token"] for job in checked if "why" not in job.cursor}
    ran = set(Job.objects.filter(kind=KIND, key__in=[f"{token}.run" for token in tokens]).values_list("key", flat=True))
    return len([token for token in tokens if f"{token}.run" not in ran and files.find(token)])


def _link(token: str, name: str) -> Any:
    address = reverse("admin:import_result", args=[token])
    style = "text-primary-700 dark:text-primary-400 hover:underline"
    return format_html('<a class="{}" href="{}">{}</a>', style, address, name)


def state(job: Job) -> str:
    if "why" in job.cursor:
        return _("không đọc được")
    return {
        Job.State.OPEN: _("đang chờ"),
        Job.State.RUNNING: _("đang chạy"),
        Job.State.DONE: _("đã xong"),
        Job.State.FAILED: _("hỏng"),
        Job.State.CANCELLED: _("đã dừng"),
    }[Job.State(job.state)]


def context(brought: Brought, *, may_run: bool) -> dict[str, Any]:
    check, run = job_of(brought, dry=True), job_of(brought, dry=False)
    job = run or check
    address = reverse("admin:import_result", args=[brought.token])
    base = {
        "here": address,
        "back": reverse("admin:imports"),
        "columns": reverse("admin:import_columns", args=[brought.token]),
    }
    if job is None:
        return {**base, "job": None}
    live = job.state in (Job.State.OPEN, Job.State.RUNNING)
    done = job.state == Job.State.DONE
    said = job.cursor
    here = brought.folder.is_dir()
    return {
        **base,
        "job": job,
        "gone": "" if here else _gone(),
        "dry": said["dry"],
        "live": live,
        "done": done and "why" not in said,
        "state": state(job),
        "percent": 100 if done else round(100 * job.done / job.total) if job.total else 0,
        "progress": _progress(job),
        "why": _why(said.get("why")),
        "facts": _facts(brought, said) if done else [],
        "problems": _problems(said) if done else None,
        "first": _first(brought, dry=said["dry"]) if done else None,
        "errors": reverse("admin:import_errors", args=[brought.token])
        if brought.errors(dry=said["dry"]).is_file()
        else "",
        "may_run": here and may_run and done and said["dry"] and "why" not in said,
        "asks": here and not may_run and done and said["dry"] and "why" not in said,
        "may_cancel": live,
        "may_resume": here and job.state in (Job.State.FAILED, Job.State.CANCELLED),
        "may_change": here and run is None,
    }


def _progress(job: Job) -> str:
    if job.total is None:
        return _("Đang đọc file …")
    return _("%(done)s trên %(all)s dòng") % {"done": wording.points(job.done), "all": wording.points(job.total)}


def _gone() -> str:
    return _("File và các dòng lỗi đã được xóa: giữ %(days)s ngày sau khi nhập, vì trong đó có dữ liệu cá nhân.") % {
        "days": settings.IMPORT_KEPT_DAYS
    }


def _why(details: dict[str, Any] | None) -> str:
    if details is None:
        return ""
    if details["why"] == "file_gone":
        return _("File đã bị xóa sau %(days)s ngày. Hãy tải lên lại.") % {"days": settings.IMPORT_KEPT_DAYS}
    return words.of_file(FileUnreadable(**details))


def _facts(brought: Brought, said: dict[str, Any]) -> list[tuple[str, str]]:
    sums = said["sums"]
    refused = sum(said["problems"].values())
    found = [
        (_("Số dòng"), wording.points(said["rows"])),
        (_("Mới"), wording.points(sums.get("posted", 0))),
        (_("Đã có từ trước"), wording.points(sums.get("known", 0))),
        (_("Dòng bị lỗi"), wording.points(refused)),
    ]
    if brought.kind == "purchases":
        found.append((_("Trả hàng"), wording.points(sums.get("returns", 0))))
        found.append((_("Tổng tiền"), wording.money(sums.get("amount", 0), currency=wording.currency())))
        found.append((_("Thành viên mới"), wording.points(sums.get("members_joined", 0))))
    if brought.kind != "consents":
        found.append((_("Điểm"), wording.points(sums.get("points", 0))))
        found.append((_("Cửa hàng mới"), wording.points(sums.get("stores_opened", 0))))
    return found


def _problems(said: dict[str, Any]) -> Table | None:
    counted = sorted(said["problems"].items(), key=lambda one: -one[1])
    if not counted:
        return None
    return Table(
        title=_("Vì sao bị lỗi"),
        headings=[_("Lý do"), _("Số dòng")],
        numbers=(1,),
        rows=[[words.of_row(reason), wording.points(count)] for reason, count in counted],
        empty="",
    )


def _first(brought: Brought, *, dry: bool) -> Table | None:
    """The first refused rows, as they were brought."""
    path = brought.errors(dry=dry)
    if not path.is_file():
        return None
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(itertools.islice(csv.reader(file), FIRST_ERRORS + 1))
    headings = [_("dòng"), _("lý do"), *rows[0][len(kinds.OURS) :]]
    count = len(rows) - 1
    title = ngettext("%(count)s dòng lỗi đầu tiên", "%(count)s dòng lỗi đầu tiên", count) % {"count": count}
    return Table(title=title, headings=headings, rows=list(rows[1:]), empty="")
