"""When points end and can be spent, how often an event brings some, what came of a tier table: in a sentence."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dashboard import wording
from loyalty.models import BonusEvent, ExpiryPolicy, PendingPolicy, TierTurn

CHANNELS = {"till": gettext_lazy("tại quầy"), "online": gettext_lazy("mua online")}


def life(policy: ExpiryPolicy) -> str:
    """`12 tháng, đến hết quý`."""
    after = _after(policy)
    match policy.kind:
        case ExpiryPolicy.Kind.DATES:
            dates = ", ".join(policy.dates)
            if after:
                return _("vào %(dates)s, sau ít nhất %(after)s") % {"dates": dates, "after": after}
            return _("vào %(dates)s") % {"dates": dates}
        case ExpiryPolicy.Kind.INACTIVITY:
            return _("%(after)s không quay lại") % {"after": after}
        case ExpiryPolicy.Kind.END_OF_MONTH:
            return _("%(after)s, đến hết tháng") % {"after": after} if after else _("đến hết tháng")
        case ExpiryPolicy.Kind.END_OF_QUARTER:
            return _("%(after)s, đến hết quý") % {"after": after} if after else _("đến hết quý")
        case ExpiryPolicy.Kind.END_OF_YEAR:
            return _("%(after)s, đến hết năm") % {"after": after} if after else _("đến hết năm")
    return after or _("không hết hạn")


def _after(policy: ExpiryPolicy) -> str:
    if policy.months:
        return ngettext("%(count)s tháng", "%(count)s tháng", policy.months) % {"count": policy.months}
    if policy.days:
        return ngettext("%(count)s ngày", "%(count)s ngày", policy.days) % {"count": policy.days}
    return ""


def waits(policy: PendingPolicy) -> str:
    """`mua online: 7 ngày`."""
    if policy.wait == PendingPolicy.Wait.NONE or not policy.channels:
        return _("dùng được ngay")
    where = ", ".join(str(CHANNELS.get(channel, channel)) for channel in policy.channels)
    if policy.wait == PendingPolicy.Wait.DAYS:
        until = ngettext("%(count)s ngày", "%(count)s ngày", policy.days) % {"count": policy.days}
    else:
        until = _("đến khi đơn %(event)s") % {"event": policy.get_event_display()}
    return f"{where}: {until}"


def turn(of: TierTurn | None) -> str:
    """How far a table of tiers was applied among the members there are, and what came of it."""
    if of is None:
        return wording.NOTHING
    if of.finished_at is None:
        return _("đang áp dụng")
    told = {"moment": wording.moment(of.finished_at), "members": wording.points(of.rose)}
    return _("%(moment)s, %(members)s người lên hạng") % told


def rhythm(event: BonusEvent) -> str:
    """`mỗi lần, nhiều nhất 2 lần mỗi ngày`."""
    said = [str(event.get_often_display())]
    if event.most_a_day:
        words = ngettext("nhiều nhất %(n)s lần mỗi ngày", "nhiều nhất %(n)s lần mỗi ngày", event.most_a_day)
        said.append(words % {"n": event.most_a_day})
    if event.most_ever:
        words = ngettext("nhiều nhất %(n)s lần tất cả", "nhiều nhất %(n)s lần tất cả", event.most_ever)
        said.append(words % {"n": event.most_ever})
    return ", ".join(said)
