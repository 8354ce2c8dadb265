"""The dashboard's buttons are pressed by whom the matrix names. Its rows: tests/doors/rows; its walk: tests/doors."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from analytics import nightly, terms
from campaigns import blocking, enrolling
from campaigns import founding as campaign_founding
from campaigns.models import Campaign, FakeMessage, Turn
from dashboard import access
from dashboard.importing import files
from events import jobs, outbox
from events.models import Delivery, WebhookEndpoint, WebhookMessage
from loyalty import approving, bonus_events, devices, keys, returning, rulemaking
from loyalty.models import (
    AdjustmentRequest,
    ApiKey,
    BonusEvent,
    EarningRule,
    EntryRow,
    ExpiryPolicy,
    NightlyStep,
    PendingPolicy,
    Programme,
    ReviewDecision,
    RuleVersion,
    SpendingPolicy,
    Terminal,
    Tier,
    TierTable,
)
from loyalty.rulemaking import Draft
from members import card_stock, data_requests, inviting
from members.models import ConsentText, Survey, TermsText
from members.relationship import cases, contacts, feedback, questions, surveys, voices
from members.relationship.questions import Question
from rewards import founding, issuing, stamping
from rewards.issuing import Wanted
from rewards.models import StampCard, Voucher, VoucherDefinition
from tests.doors.rows.dashboard import ADMIN, ANALYST, CHANGES, EVERYBODY

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


@pytest.fixture
def addresses(shop, staff, lan, till, settings, tmp_path):
    """One address for each name, with a row that exists behind it."""
    terminal = Terminal.objects.create(store=shop, code="POS1")
    key, _text = keys.create(store=shop, at=NOON)
    late = till.bill(105_000, receipt="000123", occurred_at=till.at - timedelta(days=30))
    bill = till.sell(late, lan).purchase.id
    sold = till.sell(till.bill(58_000), lan).purchase
    back = returning.return_lines(
        purchase_id=sold.id, receipt="R1", lines=None, till=till.till, fingerprint=b"R1", at=till.at
    ).record.id
    founding.found(at=NOON)
    wanted = [Wanted(lan.pk, "hand:user:1:x")]
    gift = issuing.issue(key="welcome", wanted=wanted, at=till.at, by="user:1")["hand:user:1:x"]
    event = outbox.record(type="member.changed", member_id=lan.pk, data={}, at=NOON, by="system")
    endpoint = WebhookEndpoint.objects.create(url="https://example.com/hook", created_at=NOON)
    message = WebhookMessage.objects.create(endpoint=endpoint, event_id=event, body="{}", due_at=NOON)
    nightly.count_retention(date=till.at.date(), at=till.at)
    nightly.count_revenue(date=till.at.date(), at=till.at)
    settings.IMPORT_DIR = str(tmp_path)
    brought = files.keep(["Họ tên,SĐT\nLan,0912000111\n".encode()], name="a.csv", kind="members", by="user:1").token
    rows = {
        **dict.fromkeys(("import_result", "import_columns", "import_errors"), brought),
        **dict.fromkeys(("beginning_step", "beginning_payback"), "points"),
        "analytics_retentionterms": terms.found().pk,
        "members_member": lan.pk,
        "loyalty_adjustmentrequest": big_wish(lan, at=till.at).pk,
        "loyalty_ruleversion": asked_rule(at=till.at).pk,
        "rewards_voucher": gift,
        "rewards_stampcard": stamping.publish(
            StampCard(
                key="coffee", name_vi="Thẻ cà phê", name_en="Coffee", skus=["CF"], gives="welcome", valid_from=till.at
            ),
            by="user:1",
            at=till.at,
        ).pk,
        "rewards_voucherdefinition": VoucherDefinition.objects.first().pk,
        "loyalty_purchase": bill,
        "loyalty_return": back,
        "loyalty_entryrow": EntryRow.objects.first().pk,
        "loyalty_programme": Programme.objects.get().pk,
        "loyalty_bonusevent": bonus_event(at=till.at).pk,
        "loyalty_earningrule": EarningRule.objects.first().pk,
        "loyalty_spendingpolicy": SpendingPolicy.objects.first().pk,
        "loyalty_expirypolicy": ExpiryPolicy.objects.first().pk,
        "loyalty_pendingpolicy": PendingPolicy.objects.first().pk,
        "loyalty_tiertable": TierTable.objects.first().pk,
        "loyalty_tier": Tier.objects.first().pk,
        "loyalty_store": shop.pk,
        "loyalty_terminal": terminal.pk,
        "loyalty_apikey": key.pk,
        "loyalty_device": devices.create(store=shop, name="Quầy 1", by=None, at=NOON).device.pk,
        "members_user": staff[ADMIN].pk,
        "auth_user": staff[ADMIN].pk,
        "members_staffinvitation": inviting.invite(role=ANALYST, by=staff[ADMIN], at=NOON).invitation.pk,
        "auth_group": Group.objects.get(name=ANALYST).pk,
        "members_consenttext": ConsentText.objects.first().pk,
        "members_termstext": TermsText.objects.first().pk,
        "members_cardbatch": card_stock.lay_in_list(name="Thẻ 2026", numbers=["VIP1", "VIP2"], by="user:1", at=NOON).pk,
        "members_datarequest": data_requests.ask(
            member_id=lan.pk, kind="export", via="portal", by=f"member:{lan.pk}", at=NOON
        ).pk,
        **campaign_rows(lan, at=till.at),
        **relationship_rows(lan, shop, at=till.at),
        "events_delivery": Delivery.objects.first().pk,
        "events_job": jobs.start(kind="night", key="2026-11-20", at=NOON, by="system"),
        "loyalty_nightlystep": NightlyStep.objects.create(date=NOON, step="a", started_at=NOON).pk,
        "events_webhookendpoint": endpoint.pk,
        "events_webhookmessage": message.pk,
    }

    def address(name: str) -> str:
        if name == "admin:app_list":
            return reverse(name, args=["loyalty"])
        if name.startswith("admin:"):
            return reverse(name)
        noun = "_".join(name.split("_")[:2])
        without_row = name.endswith(("_changelist", "_add"))
        return reverse(f"admin:{name}", args=[] if without_row else [rows[noun]])

    return address


def big_wish(lan, *, at) -> AdjustmentRequest:
    """More points than one person may give."""
    return approving.ask(member_id=lan.pk, points=5_000, reason="đền bù", token=uuid4(), by="user:99", at=at)


def asked_rule(*, at) -> RuleVersion:
    """A rule that somebody else wrote and wants to see approved."""
    draft = Draft(
        name_vi="Trà", name_en="Tea", condition={"all": []}, effect={"kind": "fixed", "points": 5}, valid_from=at
    )
    version = rulemaking.write(key="tea", draft=draft, by="user:99", at=at, new=True)
    rulemaking.ask(id=version.pk, by="user:99", at=at)
    return version


def bonus_event(*, at) -> BonusEvent:
    """Reviews bring points."""
    version = BonusEvent(key="review", name_vi="Đánh giá", name_en="Review", points=50, often="every", valid_from=at)
    return bonus_events.publish(version, by="user:99", at=at)


def relationship_rows(lan, shop, *, at) -> dict[str, object]:
    """A complaint of Lan's, what she said of a visit, a survey that runs, her recommendation, her contact."""
    complaint = cases.open(
        member_id=lan.pk, kind="complaint", words="Nguội.", via="counter", store_id=shop.pk, by="user:1", at=at
    )
    said = feedback.give(member_id=lan.pk, score=9, store_id=shop.pk, via="link", by=f"member:{lan.pk}", at=at)
    happy = Question(key="q1", kind="scale", text_vi="Vui?", text_en="Vui?")
    survey = Survey.objects.create(
        title_vi="Gu", title_en="Gu", questions=questions.written([happy]), created_at=at, created_by="user:1"
    )
    surveys.publish(survey_id=survey.pk, by="user:1", at=at)
    voice = voices.give(member_id=lan.pk, text="Ngon.", consent_text="voice-1", by=f"member:{lan.pk}", at=at)
    contacts.set_for_store(store_id=shop.pk, user_id=None)
    return {
        "members_case": complaint.pk,
        "members_caseterms": "complaint",
        "members_closereason": "solved",
        "members_namedday": "tet",
        "members_feedback": said.feedback.pk,
        "members_feedbackterms": 1,
        "members_survey": survey.pk,
        "members_voice": voice.pk,
        "members_storecontact": shop.pk,
    }


def campaign_rows(lan, *, at) -> dict[str, object]:
    """A campaign that stands still with a turn of Lan's in it, and what the fake provider took."""
    campaign_founding.found()
    campaign = Campaign.objects.get(key="welcome")
    campaign.since = at - timedelta(days=1)
    campaign.save()
    enrolling.joined(campaign=campaign, member_id=lan.pk, at=at)
    blocked = blocking.suppress(channel="sms", address="0912345678", cause="asked", by="user:1", at=at)
    taken = FakeMessage.objects.create(key="turn:1", channel="sms", address="+84912345678", body="Chao chi Lan", at=at)
    return {
        "campaigns_campaign": campaign.pk,
        "campaigns_campaignstep": campaign.steps.get().pk,
        "campaigns_turn": Turn.objects.get().pk,
        "campaigns_sendingpolicy": 1,
        "campaigns_suppression": blocked.pk,
        "campaigns_fakemessage": taken.pk,
        "campaigns_fakebehaviour": "sms",
    }


@pytest.mark.parametrize("name", CHANGES)
def test_nobody_else_may_press_the_button(addresses, signed_in, name):
    data, roles = CHANGES[name]
    for role in sorted((EVERYBODY | {access.CASHIER}) - roles):
        answer = signed_in(role).post(addresses(name), data)
        assert answer.status_code in {302, 403}, role
        if answer.status_code == 302:
            assert (
                answer["Location"].startswith(("/admin/login/", "/admin/?", "/accounts/"))
                or answer["Location"] == "/admin/"
            ), (role, answer["Location"])


def test_opening_a_button_changes_nothing(addresses, signed_in):
    """A link in an e-mail must not revoke a key: GET asks, POST does."""
    for name in (
        "loyalty_purchase_approve",
        "loyalty_purchase_refuse",
        "loyalty_apikey_replace",
        "loyalty_apikey_revoke",
        "rewards_voucher_void",
    ):
        assert signed_in(ADMIN).get(addresses(name)).status_code == 200
    assert not ReviewDecision.objects.exists()
    assert not Voucher.objects.exclude(voided_at=None).exists()
    assert not ApiKey.objects.exclude(revoked_at=None, expires_at=None).exists()
