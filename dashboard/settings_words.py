"""What holds now, in a line for each page of settings."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.models import RetentionTerms
from campaigns.models import SendingPolicy
from dashboard import wording
from dashboard.first_day import payback
from loyalty.models import ApiKey, Store
from loyalty.policies import Policies
from loyalty.till import local_zone
from members import named_days, terms
from members.models import CaseTerms, ConsentText, FeedbackTerms, NamedDay, StaffInvitation, StoreContact, User


def programme(now: Policies, at: datetime) -> str:
    said = [_("gọi %(number)s") % {"number": now.programme.hotline} if now.programme.hotline else _("chưa có hotline")]
    if now.programme.runs_until:
        said.append(_("đến %(day)s") % {"day": wording.day(now.programme.runs_until)})
    claim, move = now.programme.claim_days, now.programme.move_days
    said.append(ngettext("tích bù trong %(n)s ngày", "tích bù trong %(n)s ngày", claim) % {"n": claim})
    said.append(ngettext("chuyển hóa đơn trong %(n)s ngày", "chuyển hóa đơn trong %(n)s ngày", move) % {"n": move})
    return ", ".join(said)


def brand(now: Policies, at: datetime) -> str:
    unit = wording.in_language(now.programme.point_name_vi, now.programme.point_name_en)
    return f"{now.programme.name}, {unit}, {now.programme.colour}"


def earning(now: Policies, at: datetime) -> str:
    rule = now.earning
    return payback.of(points=rule.points, per_amount=rule.per_amount, point_value=now.spending.point_value).words


def spending(now: Policies, at: datetime) -> str:
    policy = now.spending
    value = wording.money(policy.point_value, currency=now.programme.currency)
    proof = wording.money(policy.proof_above, currency=now.programme.currency)
    said = [_("1 điểm = %(value)s") % {"value": value}]
    if policy.max_share_percent < 100:
        said.append(_("tối đa %(percent)s %% hóa đơn") % {"percent": policy.max_share_percent})
    said.append(_("trên %(amount)s mỗi ngày cần QR hoặc mã") % {"amount": proof})
    return ", ".join(said)


def tiers(now: Policies, at: datetime) -> str:
    currency = now.programme.currency
    steps = [f"{wording.tier_name(tier)} {wording.money(spend, currency=currency)}" for spend, tier in now.ladder.steps]
    return ", ".join(steps) or _("chưa có hạng")


def tier_names(now: Policies, at: datetime) -> str:
    return ", ".join(wording.tier_name(tier) for tier in sorted(now.tiers.values(), key=lambda tier: tier.rank))


def next_day(now: Policies, at: datetime) -> str:
    """The named day that comes next."""
    today, days = at.astimezone(local_zone()).date(), named_days.calendar()
    spans = [span for one in days.named if (span := days.next(one.key, after=today))]
    if not spans:
        return _("chưa có")
    soonest = min(spans, key=lambda span: span.first)
    name = NamedDay.objects.get(pk=soonest.key)
    said = {"name": wording.in_language(name.name_vi, name.name_en), "day": wording.day(soonest.first)}
    return _("sắp tới: %(name)s, %(day)s") % said


def terms_text(now: Policies, at: datetime) -> str:
    text = terms.in_force(at=at)
    if text is None:
        return _("chưa có")
    if text.valid_from.year < 1990:
        return _("bản %(code)s") % {"code": text.code}
    return _("bản %(code)s từ %(day)s") % {"code": text.code, "day": wording.day(text.valid_from)}


def consents(now: Policies, at: datetime) -> str:
    return counted(ConsentText.objects.filter(valid_from__lte=at).count(), "text")


def sending(now: Policies, at: datetime) -> str:
    policy = SendingPolicy.objects.first()
    if policy is None:
        return _("chưa có")
    said = {"day": policy.daily_cap, "week": policy.weekly_cap}
    quiet = {"from": f"{policy.quiet_from:%H:%M}", "until": f"{policy.quiet_until:%H:%M}"}
    return ", ".join(
        [
            _("nhiều nhất %(day)s tin một ngày, %(week)s tin một tuần") % said,
            _("nghỉ từ %(from)s đến %(until)s") % quiet,
            _("%(percent)s %% không nhận để đo hiệu quả") % {"percent": policy.holdout_percent},
        ]
    )


def cases(now: Policies, at: datetime) -> str:
    kinds = CaseTerms.objects.order_by("kind")
    said = {"hours": min((one.answer_hours for one in kinds), default=0), "kinds": len(kinds)}
    return _("trả lời sớm nhất trong %(hours)s giờ làm việc, %(kinds)s loại phiếu") % said if kinds else _("chưa có")


def feedback(now: Policies, at: datetime) -> str:
    policy = FeedbackTerms.objects.first()
    if policy is None or not policy.opens_case:
        return _("không tự mở phiếu")
    return _("tự mở phiếu khi khách chấm từ %(score)s trở xuống") % {"score": policy.opens_case_at_most}


def retention(now: Policies, at: datetime) -> str:
    found = RetentionTerms.objects.first()
    if found is None or found.window_days is None:
        return _("tự tính khoảng vắng khách từ dữ liệu")
    days = found.window_days
    return ngettext("vắng %(n)s ngày là rời bỏ", "vắng %(n)s ngày là rời bỏ", days) % {"n": days}


def stores(now: Policies, at: datetime) -> str:
    return counted(Store.objects.filter(practice_of=None, closed=False).count(), "store")


def contacts(now: Policies, at: datetime) -> str:
    said = {"named": StoreContact.objects.count(), "all": Store.objects.filter(practice_of=None, closed=False).count()}
    return _("%(named)s trên %(all)s cửa hàng có người phụ trách") % said


def keys(now: Policies, at: datetime) -> str:
    alive = ApiKey.objects.filter(revoked_at=None, test=False).exclude(expires_at__lte=at)
    return counted(alive.count(), "key")


def staff(now: Policies, at: datetime) -> str:
    active = User.objects.filter(is_active=True, groups__isnull=False).distinct().count()
    return counted(active, "person")


def invitations(now: Policies, at: datetime) -> str:
    open_ones = StaffInvitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=at)
    return counted(open_ones.count(), "invitation")


def counted(count: int, what: str) -> str:
    match what:
        case "text":
            words = ngettext("%(n)s văn bản", "%(n)s văn bản", count)
        case "store":
            words = ngettext("%(n)s cửa hàng đang mở", "%(n)s cửa hàng đang mở", count)
        case "key":
            words = ngettext("%(n)s khóa đang dùng", "%(n)s khóa đang dùng", count)
        case "person":
            words = ngettext("%(n)s người đang làm", "%(n)s người đang làm", count)
        case "invitation":
            words = ngettext("%(n)s lời mời đang chờ", "%(n)s lời mời đang chờ", count)
        case "rule":
            words = ngettext("%(n)s quy tắc đang chạy", "%(n)s quy tắc đang chạy", count)
        case "event":
            words = ngettext("%(n)s sự kiện đang thưởng", "%(n)s sự kiện đang thưởng", count)
        case "device":
            words = ngettext("%(n)s thiết bị đang dùng", "%(n)s thiết bị đang dùng", count)
        case "till":
            words = ngettext("%(n)s máy", "%(n)s máy", count)
        case "address":
            words = ngettext("%(n)s địa chỉ", "%(n)s địa chỉ", count)
        case "endpoint":
            words = ngettext("%(n)s địa chỉ nhận tin", "%(n)s địa chỉ nhận tin", count)
        case _:
            words = ngettext("%(n)s lý do", "%(n)s lý do", count)
    return words % {"n": count}
