"""Whether a turn goes now: every question is asked at the moment of sending, and each no is kept with its reason."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from analytics.models import MemberState
from campaigns import holding_out, limits, reaching
from campaigns.models import Campaign, MessageClass, SendingPolicy, Turn
from campaigns.reaching import Reach
from members.models import Member

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Skip:
    """Not now and not later."""

    reason: str
    closed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class HoldOut:
    """Somebody who gets nothing, for life."""


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Everything says yes but the hour."""

    until: datetime


@dataclass(frozen=True, kw_only=True)
class Go:
    """On this channel, or into the inbox alone where none is open."""

    reach: Reach


Decision = Skip | HoldOut | Wait | Go


def decide(*, turn: Turn, member: Member, policy: SendingPolicy, at: datetime) -> Decision:
    """Asks everything that may keep this turn from going. The member is locked: nobody else decides for them now."""
    if reason := _over(turn, member, at):
        return Skip(reason=reason)
    if _held_out(turn, policy):
        return HoldOut()
    advertising = turn.step.message_class == MessageClass.ADVERTISING
    if advertising and _capped(turn, policy, at):
        return Skip(reason="frequency_cap")
    reach = reaching.reach(member=member, wanted=turn.step.channels, message_class=turn.step.message_class, at=at)
    if not advertising:
        return Go(reach=reach)
    if not reach.channel:
        return Skip(reason=reach.reason, closed=dict(reach.closed))
    opens = limits.opens_at(policy, at=at) if reach.channel in reaching.PHONES else at
    return Go(reach=reach) if opens <= at else Wait(until=opens)


def _over(turn: Turn, member: Member, at: datetime) -> str:
    """Why there is no occasion any more; empty where there still is."""
    if member.status != Member.Status.ACTIVE or member.practice:
        return "member_gone"
    if turn.campaign.until is not None and at > turn.campaign.until:
        return "campaign_over"
    if at > turn.stale_at:
        return "too_late"
    if turn.campaign.trigger == Campaign.Trigger.SILENCE and not _still_silent(turn):
        return "purchased"
    return ""


def _still_silent(turn: Turn) -> bool:
    """Nothing bought since. A returned bill moves the last purchase back: that is silence too."""
    state = MemberState.objects.filter(pk=turn.member_id).first()
    if state is None or state.last_on is None:
        return True
    return state.last_purchase_id == UUID(turn.trigger_key) or state.last_on < turn.occasion_on


def _held_out(turn: Turn, policy: SendingPolicy) -> bool:
    own = holding_out.campaign_salt(policy.salt, turn.campaign.key)
    if holding_out.is_held_out(turn.member_id, salt=own, percent=turn.campaign.holdout_percent):
        return True
    return turn.step.message_class == MessageClass.ADVERTISING and holding_out.is_held_out(
        turn.member_id, salt=policy.salt, percent=policy.holdout_percent
    )


def _capped(turn: Turn, policy: SendingPolicy, at: datetime) -> bool:
    """Whether the member has had as much advertising as the shop allows, on whatever channel."""
    had = list(
        Turn.objects.filter(
            member_id=turn.member_id,
            message_class=MessageClass.ADVERTISING,
            state__in=Turn.GONE,
            sent_at__gt=at - WEEK,
        )
        .exclude(pk=turn.pk)
        .values_list("sent_at", flat=True)
    )
    lately = sum(moment is not None and moment > at - DAY for moment in had)
    return lately >= policy.daily_cap or len(had) >= policy.weekly_cap
