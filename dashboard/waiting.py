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
from loyalty import nightly
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
    if access.may(request.user, "act", "import"):
        found.append((importing.waiting(), _("file đã kiểm tra, chờ nhập thật"), reverse("admin:imports")))
    if access.may(request.user, "act", "delivery"):
        backlog, nights = health.oldest_open(at), nightly.behind(at=at)
        deliveries, jobs = reverse("admin:events_delivery_changelist"), reverse("admin:events_job_changelist")
        found += [
            (backlog.dead, _("lần chuyển sự kiện đã bỏ cuộc"), f"{deliveries}?in=dead"),
            (nights.failed, _("đêm chạy hỏng"), reverse("admin:loyalty_nightlystep_changelist")),
            (health.jobs(at).failed, _("việc nền hỏng"), f"{jobs}?in=failed"),
        ]
    return [Item(count=wording.points(count), words=words, link=link) for count, words, link in found if count]
