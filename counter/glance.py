"""A member at a glance: everything a cashier needs in the second before the customer looks up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from counter import bills, saying, wording
from counter.saying import Situation
from events.refusals import Missing
from loyalty import habits, policies, standings
from loyalty.look import words
from loyalty.till import local_zone
from members import anniversaries, finding, identifying
from members.models import Member
from members.relationship import notes, threads
from rewards import queries as vouchers
from rewards import stamping
from rewards import wording as reward_wording
from rewards.queries import VoucherView


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The bill of before."""

    on: date
    days: int
    total: int
    store: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """One member as the counter shows them. Amounts in minor units; `progress` is a percentage."""

    id: UUID
    name: str
    initials: str
    phone: str
    card: str
    tier: str
    tier_colour: str
    points: int
    points_value: int
    pending: int
    debt: int
    locked: bool
    expiring: int
    expiring_on: date | None
    expires_soon: bool
    next_tier: str
    next_missing: int
    progress: int
    birthday: str
    birthday_today: bool
    last_visit: Visit | None
    usual: str
    case: str
    notes: tuple[str, ...]
    gifts: tuple[VoucherView, ...]
    stamps: tuple[str, ...]
    sentence: str


class MemberGone(Missing):
    """No such member for this counter: erased, closed, or of the other world (practice or real)."""

    code = "member_unknown"


def of(member_id: UUID, *, practice: bool, at: datetime) -> Glance:
    """Raises MemberGone."""
    standing = standings.of("id", member_id, practice=practice, at=at)
    member = finding.by_id(member_id, practice=practice)
    if standing is None or member is None:
        raise MemberGone
    gifts = tuple(vouchers.live_of(member_id=member_id, at=at))
    visit = _last_visit(member_id, at=at)
    usual = habits.usual_order(member_id, at)
    today = at.astimezone(local_zone()).date()
    balance, tier = standing.balance, standing.tier
    in_days = _birthday_in(member, today=today)
    expiring_in = (
        (balance.next_expiry_on - today).days if balance.next_expiry_on and balance.next_expiry_points else None
    )
    open_cases = threads.of_member(member_id=member_id, not_closed=True, limit=1)
    goal = tier.window_spend + tier.next_missing
    point_value = policies.last_known(at).spending.point_value
    return Glance(
        id=member_id,
        name=standing.name,
        initials=_initials(standing.name),
        phone=identifying.masked_phone(standing.phone) if standing.phone else "",
        card=standing.card or "",
        tier=_name(tier.tier.name_vi, tier.tier.name_en),
        tier_colour=tier.tier.color,
        points=balance.available,
        points_value=balance.available * point_value,
        pending=balance.pending,
        debt=balance.debt,
        locked=standing.spending_locked,
        expiring=balance.next_expiry_points,
        expiring_on=balance.next_expiry_on,
        expires_soon=expiring_in is not None and expiring_in <= saying.EXPIRING_NEAR,
        next_tier=_name(tier.next_tier.name_vi, tier.next_tier.name_en) if tier.next_tier else "",
        next_missing=tier.next_missing,
        progress=min(100, tier.window_spend * 100 // goal) if goal else 100,
        birthday=_birthday_words(in_days),
        birthday_today=in_days == 0,
        last_visit=visit,
        usual=_usual(usual),
        case=open_cases[0].subject if open_cases else "",
        notes=tuple(one.text for one in notes.at_counter(member_id=member_id)),
        gifts=gifts,
        stamps=_stamps(member_id, at=at),
        sentence=saying.sentence(
            Situation(
                call_name=standing.call_name or standing.name,
                honorific=member.honorific,
                points=balance.available,
                points_value=balance.available * point_value,
                debt=balance.debt,
                birthday_in=in_days,
                voucher=wording.name_of(gifts[0]) if gifts else "",
                vouchers=len(gifts),
                expiring=balance.next_expiry_points,
                expiring_on=balance.next_expiry_on,
                expiring_in=expiring_in,
                silent_days=visit.days if visit else None,
                next_tier=_name(tier.next_tier.name_vi, tier.next_tier.name_en) if tier.next_tier else "",
                next_missing=tier.next_missing,
                window_spend=tier.window_spend,
                joined_days=(at - member.joined_at).days,
            )
        ),
    )


def _name(vietnamese: str, english: str) -> str:
    return english if words.language() == "en" else vietnamese


def _initials(name: str) -> str:
    """`Nguyễn Thị Lan` → `NL`: family and given name."""
    parts = name.split()
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()


def _last_visit(member_id: UUID, *, at: datetime) -> Visit | None:
    last = habits.last_visit(member_id, at)
    if last is None:
        return None
    zone = local_zone()
    on = last.at.astimezone(zone).date()
    return Visit(on=on, days=(at.astimezone(zone).date() - on).days, total=last.due, store=last.store_name)


def _usual(order: habits.UsualOrder | None) -> str:
    """Articles by name; a bill keyed here says no article."""
    return ", ".join(item.name for item in order.items if item.sku != bills.SKU) if order else ""


def _stamps(member_id: UUID, *, at: datetime) -> tuple[str, ...]:
    """A line for each card that has begun."""
    cards = stamping.progress(member_id=member_id, at=at)
    return tuple(reward_wording.stamps(card, language=words.language()) for card in cards if card.stamps)


def _birthday_in(member: Member, *, today: date) -> int | None:
    """Days until the next birthday, where it is near and sure."""
    if member.birth_unsure or not member.birth_day or not member.birth_month:
        return None
    for days in range(saying.BIRTHDAY_NEAR + 1):
        for told in anniversaries.kept_on(today + timedelta(days=days)):
            if (told.calendar, told.day, told.month) == (member.birth_calendar, member.birth_day, member.birth_month):
                return days
    return None


def _birthday_words(in_days: int | None) -> str:
    if in_days is None:
        return ""
    if in_days == 0:
        return _("Sinh nhật hôm nay")
    if in_days == 1:
        return _("Sinh nhật ngày mai")
    return _("Sinh nhật sau %(days)s ngày") % {"days": in_days}
