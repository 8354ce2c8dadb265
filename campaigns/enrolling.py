"""Who has a turn: one row per step, member and occasion, made set by set and never twice."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from campaigns import holding_out, limits
from campaigns.models import Campaign, CampaignStep
from loyalty.till import local_zone
from members import anniversaries
from members.anniversaries import Told

CHUNK = 5_000

_HELD_OUT = holding_out.PLACE_SQL.format(salt="{}", member="audience.member_id")

_ENROL = f"""
    INSERT INTO campaigns_turn (
        campaign_id, step_id, position, member_id, trigger_key, occasion_on, state, reason, message_class,
        enrolled_at, due_at, stale_at, ended_at
    )
    SELECT %(campaign)s, step.id, step.position, audience.member_id, audience.trigger_key, audience.occasion_on,
           outcome.state, audience.reason, step.message_class, %(at)s, step.due_at, step.stale_at,
           CASE WHEN outcome.state <> 'due' THEN %(at)s END
    FROM ({{audience}}) AS audience
    CROSS JOIN jsonb_to_recordset(%(steps)s) AS step (
        id smallint, position smallint, message_class text, due_at timestamptz, stale_at timestamptz
    )
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN audience.reason <> '' THEN 'skipped'
            WHEN {_HELD_OUT.format("%(own_salt)s")} < %(own_parts)s THEN 'held_out'
            WHEN step.message_class = 'advertising' AND {_HELD_OUT.format("%(salt)s")} < %(parts)s THEN 'held_out'
            ELSE 'due'
        END AS state
    ) AS outcome
    ORDER BY audience.member_id, step.position
    ON CONFLICT ON CONSTRAINT a_turn_comes_once_for_an_occasion DO NOTHING
"""

_JOINED = """
    SELECT id AS member_id, 'once' AS trigger_key, (joined_at AT TIME ZONE %(zone)s)::date AS occasion_on, '' AS reason
    FROM members_member WHERE id = %(member)s AND status = 'active' AND NOT practice
"""

# A birthday nobody is sure of gets a row of its own that says so, and no gift; once mended, the year is still free.
_BIRTHDAYS = """
    SELECT member.id AS member_id,
           CASE WHEN member.birth_unsure THEN 'unsure ' ELSE '' END || told.year AS trigger_key,
           told.kept_on AS occasion_on,
           CASE WHEN member.birth_unsure THEN 'birthday_unsure' ELSE '' END AS reason
    FROM jsonb_to_recordset(%(told)s) AS told (calendar text, day int, month int, year int, kept_on date)
    JOIN members_member AS member
      ON member.birth_calendar = told.calendar AND member.birth_month = told.month AND member.birth_day = told.day
    WHERE member.status = 'active' AND NOT member.practice
      AND NOT EXISTS (
          SELECT FROM campaigns_turn AS earlier
          WHERE earlier.member_id = member.id AND earlier.campaign_id = %(campaign)s
            AND earlier.trigger_key NOT LIKE 'unsure%%' AND earlier.trigger_key <> told.year::text
            AND abs(earlier.occasion_on - told.kept_on) < %(gap)s
      )
"""

_SILENT = """
    SELECT silent.member_id, silent.last_purchase_id::text AS trigger_key, silent.last_on AS occasion_on, '' AS reason
    FROM analytics_memberstate AS silent JOIN members_member AS member ON member.id = silent.member_id
    WHERE silent.last_on BETWEEN %(longest)s AND %(latest)s
      AND silent.last_purchase_id IS NOT NULL AND member.status = 'active' AND NOT member.practice
      AND NOT EXISTS (
          SELECT FROM campaigns_turn AS earlier
          WHERE earlier.member_id = silent.member_id AND earlier.campaign_id = %(campaign)s
            AND (earlier.trigger_key = silent.last_purchase_id::text OR earlier.enrolled_at > %(rested)s)
      )
    LIMIT %(chunk)s
"""


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """A told birthday and the day on which it is kept."""

    told: Told
    kept_on: date


def joined(*, campaign: Campaign, member_id: UUID, at: datetime) -> int:
    """Enrols somebody who has just joined, for now; answers how many turns are new."""
    return _enrol(campaign, _JOINED, {"member": member_id, "zone": str(local_zone())}, at=at, now=True)


def birthdays(*, campaign: Campaign, occasions: Iterable[Occasion], at: datetime) -> int:
    """Enrols whoever has one of these birthdays, GAP_DAYS at least from any other gift of the campaign."""
    told = [
        {
            "calendar": one.told.calendar,
            "day": one.told.day,
            "month": one.told.month,
            "year": one.told.year,
            "kept_on": one.kept_on.isoformat(),
        }
        for one in occasions
    ]
    return _enrol(campaign, _BIRTHDAYS, {"told": json.dumps(told), "gap": anniversaries.GAP_DAYS}, at=at)


def silent(*, campaign: Campaign, on: date, at: datetime) -> int:
    """Enrols members whose last purchase is `silence_days` old or more at the end of the business date `on`.

    Not whoever was silent for so long when the campaign began already, nor for longer than `silence_at_most_days`; and
    nobody again within `silence_days`, should a return have moved their last purchase back. CHUNK members at a time.
    """
    if campaign.since is None:
        return 0
    began = campaign.since.astimezone(local_zone()).date()
    asked = {
        "latest": on - timedelta(days=campaign.silence_days),
        "longest": max(
            on - timedelta(days=campaign.silence_at_most_days), began - timedelta(days=campaign.silence_days)
        ),
        "rested": at - timedelta(days=campaign.silence_days),
        "chunk": CHUNK,
    }
    enrolled = 0
    while fresh := _enrol(campaign, _SILENT, asked, at=at):
        enrolled += fresh
    return enrolled


def _enrol(campaign: Campaign, audience: str, asked: dict[str, Any], *, at: datetime, now: bool = False) -> int:
    steps = list(campaign.steps.order_by("position"))
    if not steps:
        return 0
    policy = limits.policy()
    with connection.cursor() as cursor:
        cursor.execute(
            _ENROL.format(audience=audience),
            {
                **asked,
                "campaign": campaign.pk,
                "steps": json.dumps(_planned(campaign, steps, at=at, now=now)),
                "at": at,
                "salt": policy.salt,
                "parts": policy.holdout_percent * holding_out.PARTS // 100,
                "own_salt": holding_out.campaign_salt(policy.salt, campaign.key),
                "own_parts": campaign.holdout_percent * holding_out.PARTS // 100,
            },
        )
        return int(cursor.rowcount)


def _planned(campaign: Campaign, steps: Sequence[CampaignStep], *, at: datetime, now: bool) -> list[dict[str, Any]]:
    """When each step is due: at the campaign's hour, `after_days` after the one before; the first not before `at`."""
    today = at.astimezone(local_zone()).date()
    planned, days = [], 0
    for step in steps:
        days += step.after_days
        hour = datetime.combine(today + timedelta(days=days), campaign.send_from, tzinfo=local_zone())
        due = at if now and days == 0 else max(at, hour)
        planned.append(
            {
                "id": step.pk,
                "position": step.position,
                "message_class": step.message_class,
                "due_at": due.isoformat(),
                "stale_at": (due + timedelta(days=campaign.stale_days)).isoformat(),
            }
        )
    return planned
