"""What needs somebody's hand, with the way there; nothing that this person could not deal with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard import access, figures, wording
from dashboard.importing import showing as importing
from events import health
from loyalty import approving, nightly, notifying
from loyalty.till import local_zone
from members import data_requests
from members.relationship import measuring


@dataclass(frozen=True, kw_only=True)
class Item:
    count: str
    words: str
    link: str


def items(request: HttpRequest, *, stores: Iterable[int], at: datetime) -> list[Item]:
    found: list[tuple[int, str, str]] = []
    if access.may(request.user, "act", "purchase"):
        found.append(
            (
                figures.in_review(stores=stores),
                _("hóa đơn chờ kiểm tra (đồng hồ máy bán hàng không khớp)"),
                f"{reverse('admin:loyalty_purchase_changelist')}?review=open",
            )
        )
    if access.may(request.user, "act", "case"):
        cases = reverse("admin:members_case_changelist")
        late = measuring.late_count(at=at, store_ids=access.stores_of(request.user))
        found.append((late, _("phiếu hỗ trợ trễ hạn"), f"{cases}?which=late"))
    if access.may(request.user, "act", "voice"):
        voices = reverse("admin:members_voice_changelist")
        found.append((measuring.voices_waiting(), _("lời giới thiệu chờ duyệt"), f"{voices}?state__exact=waiting"))
    if access.may(request.user, "act", "adjustment"):
        asked = f"{reverse('admin:loyalty_adjustmentrequest_changelist')}?state__exact=asked"
        found.append((approving.waiting(), _("yêu cầu cộng/trừ điểm chờ duyệt"), asked))
    if access.may(request.user, "act", "import"):
        found.append((importing.waiting(), _("file đã kiểm tra, chờ nhập thật"), reverse("admin:imports")))
    if access.may(request.user, "view", "data request"):
        waiting, late = data_requests.waiting(at=at)
        words = _("yêu cầu về dữ liệu đã trễ hạn") if late else _("yêu cầu về dữ liệu chờ trả lời hoặc thực hiện")
        found.append((late or waiting, words, reverse("admin:members_datarequest_changelist")))
    if access.may(request.user, "change", "programme"):
        found += _notice(at)
    if access.may(request.user, "act", "delivery"):
        backlog, nights = health.oldest_open(at), nightly.behind(at=at)
        deliveries, jobs = reverse("admin:events_delivery_changelist"), reverse("admin:events_job_changelist")
        found += [
            (backlog.dead, _("lần chuyển sự kiện đã bỏ cuộc"), f"{deliveries}?in=dead"),
            (nights.failed, _("đêm chạy hỏng"), reverse("admin:loyalty_nightlystep_changelist")),
            (health.jobs(at).failed, _("việc nền hỏng"), f"{jobs}?in=failed"),
        ]
    return [Item(count=wording.points(count), words=words, link=link) for count, words, link in found if count]


def _notice(at: datetime) -> list[tuple[int, str, str]]:
    """The programme's notice to the Sở Công Thương, where it is time to think of it."""
    reminder = notifying.reminder(on=at.astimezone(local_zone()).date())
    if reminder is None:
        return []
    if reminder.on is None:
        words = _("việc: ghi số thông báo chương trình với Sở Công Thương")
    else:
        words = _("việc: thông báo gia hạn chương trình với Sở Công Thương (kết thúc %(day)s)") % {
            "day": wording.day(reminder.on)
        }
    return [(1, words, reverse("admin:loyalty_programme_change", args=[1]))]
