"""What must always hold of campaigns (TRUST.md C1–C3), as queries for `manage.py audit_ledger`."""

from collections.abc import Iterator

from django.conf import settings

from events.invariants import Invariant

# A refusal that comes while a message is being decided on may bear an earlier moment than the message.
_AT_THE_SAME_TIME = "interval '10 seconds'"


def queries() -> Iterator[Invariant]:
    yield from _once()
    yield from _only_who_may()
    yield from _taken_once()


def _once() -> Iterator[Invariant]:
    yield Invariant(
        code="C1a",
        sentence="Whoever has a turn in a later step for an occasion has one in each step before it.",
        sql="""
            SELECT later.id FROM campaigns_turn AS later
            JOIN campaigns_campaignstep AS step
              ON step.campaign_id = later.campaign_id AND step.position = later.position - 1
            WHERE later.position > 1 AND NOT EXISTS (
                SELECT FROM campaigns_turn AS first
                WHERE first.member_id = later.member_id AND first.campaign_id = later.campaign_id
                  AND first.trigger_key = later.trigger_key AND first.position = step.position
            )
        """,
    )
    yield Invariant(
        code="C1b",
        sentence="A turn belongs to the step of its campaign and position.",
        sql="""
            SELECT turn.id FROM campaigns_turn AS turn JOIN campaigns_campaignstep AS step ON step.id = turn.step_id
            WHERE step.campaign_id <> turn.campaign_id OR step.position <> turn.position
        """,
    )
    yield Invariant(
        code="C1c",
        sentence="A turn has the voucher that was issued for it, and its member has it.",
        sql="""
            SELECT turn.id, voucher.id AS voucher_id
            FROM campaigns_turn AS turn
            FULL JOIN (SELECT * FROM rewards_voucher WHERE issued_for LIKE 'campaign:%') AS voucher
              ON voucher.issued_for = 'campaign:' || turn.id
            WHERE (turn.voucher_id IS NOT NULL OR voucher.id IS NOT NULL)
              AND (turn.voucher_id IS DISTINCT FROM voucher.id OR turn.member_id IS DISTINCT FROM voucher.member_id)
        """,
    )
    yield Invariant(
        code="C1d",
        sentence="Whatever was sent stands in its member's inbox.",
        sql="""
            SELECT turn.id FROM campaigns_turn AS turn
            LEFT JOIN campaigns_inboxmessage AS inbox ON inbox.turn_id = turn.id AND inbox.member_id = turn.member_id
            WHERE turn.state IN ('sending', 'sent', 'unknown') AND inbox.turn_id IS NULL
        """,
    )


def _only_who_may() -> Iterator[Invariant]:
    sent = "turn.state IN ('sending', 'sent', 'unknown') AND turn.message_class = 'advertising'"
    yield Invariant(
        code="C2a",
        sentence="Advertising went only where the member's latest word was a yes.",
        sql=f"""
            SELECT turn.id, turn.channel FROM campaigns_turn AS turn
            WHERE {sent} AND NOT coalesce((
                SELECT consent.granted FROM members_consent AS consent
                WHERE consent.member_id = turn.member_id AND consent.purpose = 'marketing'
                  AND consent.channel IN (turn.channel, 'any')
                  AND greatest(consent.at, consent.recorded_at)
                      <= turn.sent_at - CASE WHEN consent.granted THEN interval '0' ELSE {_AT_THE_SAME_TIME} END
                ORDER BY consent.at DESC, consent.granted, consent.id DESC LIMIT 1
            ), false)
        """,
    )
    yield Invariant(
        code="C2b",
        sentence="Advertising to a phone by SMS or Zalo went between 7:00 and 22:00.",
        sql=f"""
            SELECT turn.id, turn.sent_at FROM campaigns_turn AS turn
            WHERE {sent} AND turn.channel IN ('sms', 'zalo')
              AND (turn.sent_at AT TIME ZONE '{settings.TIME_ZONE}')::time NOT BETWEEN '07:00' AND '22:00'
        """,
    )
    yield Invariant(
        code="C2c",
        sentence="Nobody had more than three advertising messages in any 24 hours.",
        sql=f"""
            SELECT id, sent_at FROM (
                SELECT turn.id, turn.sent_at,
                       lag(turn.sent_at, 3) OVER (PARTITION BY turn.member_id ORDER BY turn.sent_at) AS third_before
                FROM campaigns_turn AS turn WHERE {sent}
            ) AS followed
            WHERE third_before > sent_at - interval '24 hours'
        """,
    )
    yield Invariant(
        code="C2d",
        sentence="Whoever is held out of a campaign gets none of its messages for that occasion afterwards.",
        sql="""
            SELECT turn.id FROM campaigns_turn AS turn JOIN campaigns_turn AS held
              ON held.member_id = turn.member_id AND held.campaign_id = turn.campaign_id
             AND held.trigger_key = turn.trigger_key AND held.state = 'held_out'
             AND held.message_class = turn.message_class
            WHERE turn.state IN ('sending', 'sent', 'unknown') AND turn.sent_at > held.ended_at
        """,
    )
    yield Invariant(
        code="C2e",
        sentence="Practice members have no turns.",
        sql="""
            SELECT turn.id FROM campaigns_turn AS turn JOIN members_member AS member ON member.id = turn.member_id
            WHERE member.practice
        """,
    )


def _taken_once() -> Iterator[Invariant]:
    yield Invariant(
        code="C3",
        sentence="The provider was given a turn's message once, and what it took was sent or may have been.",
        sql="""
            SELECT taken.id, taken.key, taken.asked, turn.state
            FROM campaigns_fakemessage AS taken LEFT JOIN campaigns_turn AS turn ON taken.key = 'turn:' || turn.id
            WHERE taken.key LIKE 'turn:%'
              AND (taken.asked > 1 OR turn.id IS NULL OR turn.state NOT IN ('sending', 'sent', 'unknown'))
        """,
    )
