"""Whether the machinery keeps up, in words for the person who looks after it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.utils.translation import gettext as _

from dashboard import wording
from events import health
from loyalty import expiry, nightly

SLOW = timedelta(minutes=1)
LATE = timedelta(hours=26)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing looked at: `well` is green; what to say is in `words`."""

    title: str
    words: str
    well: bool


def checks(*, at: datetime) -> list[Check]:
    backlog = health.oldest_open(at)
    return [_deliveries(backlog), _dead(backlog), nights(at=at), _jobs(at), _expiry(at), _broker()]


def _deliveries(backlog: health.Backlog) -> Check:
    words = _("không có gì chờ")
    if backlog.open:
        words = _("%(count)s đang chờ, lâu nhất %(age)s") % {
            "count": wording.points(backlog.open),
            "age": wording.duration(timedelta(seconds=backlog.seconds)),
        }
    return Check(title=_("Chuyển sự kiện"), words=words, well=backlog.seconds < SLOW.total_seconds())


def _dead(backlog: health.Backlog) -> Check:
    words = (
        _("%(count)s lần chuyển đã bỏ cuộc") % {"count": wording.points(backlog.dead)}
        if backlog.dead
        else _("không có")
    )
    return Check(title=_("Bỏ cuộc"), words=words, well=backlog.dead == 0)


def nights(*, at: datetime) -> Check:
    """One date may wait: it is being run."""
    late = nightly.behind(at=at)
    words = _("xong đến hết ngày %(day)s") % {"day": wording.day(late.last)} if late.last else _("chưa chạy lần nào")
    if late.waiting:
        words = f"{words}; " + _("%(count)s ngày chờ chạy") % {"count": wording.points(late.waiting)}
    if late.failed:
        words = f"{words}; " + _("%(count)s ngày chạy hỏng") % {"count": wording.points(late.failed)}
    return Check(title=_("Chạy đêm"), words=words, well=late.waiting <= 1 and not late.failed)


def _jobs(at: datetime) -> Check:
    waiting = health.jobs(at)
    words = _("không có")
    if waiting.open or waiting.failed:
        words = _("%(open)s chưa xong, %(failed)s hỏng") % {
            "open": wording.points(waiting.open),
            "failed": wording.points(waiting.failed),
        }
    return Check(title=_("Việc nền"), words=words, well=waiting.failed == 0)


def _expiry(at: datetime) -> Check:
    """Balances are right without it; a run that failed for a night wants somebody's eye."""
    due = expiry.oldest_due(at=at)
    if due is None:
        return Check(title=_("Điểm hết hạn"), words=_("đã ghi sổ đủ"), well=True)
    words = _("chờ ghi sổ từ %(since)s") % {"since": wording.moment(due)}
    return Check(title=_("Điểm hết hạn"), words=words, well=at - due < LATE)


def _broker() -> Check:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        client.ping()
    except redis.RedisError:
        return Check(title="Valkey", words=_("không trả lời"), well=False)
    finally:
        client.close()
    return Check(title="Valkey", words=_("trả lời"), well=True)
