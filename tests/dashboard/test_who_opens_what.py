"""TRUST's matrix, walked: every address under /admin/ and /accounts/, as everybody. A new address needs a row here."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import URLPattern, URLResolver, reverse

from analytics import nightly, terms
from campaigns import blocking, enrolling
from campaigns import founding as campaign_founding
from campaigns.models import Campaign, FakeMessage, Turn
from dashboard import access
from events import jobs, outbox
from events.models import Delivery, WebhookEndpoint, WebhookMessage
from loyalty import keys, returning
from loyalty.models import (
    ApiKey,
    EarningRule,
    EntryRow,
    ExpiryPolicy,
    NightlyStep,
    Programme,
    ReviewDecision,
    SpendingPolicy,
    Terminal,
    Tier,
    TierTable,
)
from members.models import ConsentText
from rewards import founding, issuing
from rewards.issuing import Wanted
from rewards.models import Voucher, VoucherDefinition

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
ADMIN, MARKETER, ANALYST, MANAGER = access.ADMIN, access.MARKETER, access.ANALYST, access.MANAGER
EVERYBODY = {ADMIN, MARKETER, ANALYST, MANAGER}
READERS = {ADMIN, MARKETER, ANALYST}
NOBODY: set[str] = set()

# Who may open the page (GET). What a page's buttons do is asked again when they are pressed; the POST rows are below.
PAGES: dict[str, set[str]] = {
    "admin:index": EVERYBODY,
    "admin:history": {ADMIN},
    "admin:retention": READERS,
    "analytics_retentionterms_changelist": READERS,
    "analytics_retentionterms_change": READERS,
    "analytics_retentionterms_add": NOBODY,
    "admin:search": EVERYBODY,
    "admin:jsi18n": EVERYBODY,
    "admin:app_list": EVERYBODY,
    "members_member_changelist": {ADMIN, MARKETER, MANAGER},
    "members_member_change": {ADMIN, MARKETER, MANAGER},
    "members_member_adjust_points": {ADMIN, MARKETER, MANAGER},
    "members_member_give_voucher": {ADMIN, MARKETER},
    "members_member_add": NOBODY,
    "rewards_voucher_changelist": EVERYBODY,
    "rewards_voucher_change": EVERYBODY,
    "rewards_voucher_add": NOBODY,
    "rewards_voucher_void": {ADMIN},
    "rewards_voucherdefinition_changelist": EVERYBODY,
    "rewards_voucherdefinition_change": EVERYBODY,
    "rewards_voucherdefinition_add": {ADMIN, MARKETER},
    "loyalty_purchase_changelist": EVERYBODY,
    "loyalty_purchase_change": EVERYBODY,
    "loyalty_purchase_add": NOBODY,
    "loyalty_purchase_approve": {ADMIN, MARKETER, MANAGER},
    "loyalty_purchase_refuse": {ADMIN, MARKETER, MANAGER},
    "loyalty_return_changelist": EVERYBODY,
    "loyalty_return_change": EVERYBODY,
    "loyalty_return_add": NOBODY,
    "loyalty_entryrow_changelist": EVERYBODY,
    "loyalty_entryrow_change": EVERYBODY,
    "loyalty_entryrow_add": NOBODY,
    "loyalty_programme_changelist": READERS,
    "loyalty_programme_change": READERS,
    "loyalty_programme_add": NOBODY,
    **{
        f"loyalty_{kind}_changelist": READERS for kind in ("earningrule", "spendingpolicy", "expirypolicy", "tiertable")
    },
    **{f"loyalty_{kind}_change": READERS for kind in ("earningrule", "spendingpolicy", "expirypolicy", "tiertable")},
    **{f"loyalty_{kind}_add": {ADMIN} for kind in ("earningrule", "spendingpolicy", "expirypolicy", "tiertable")},
    "loyalty_tier_changelist": READERS,
    "loyalty_tier_change": READERS,
    "loyalty_tier_add": NOBODY,
    "loyalty_store_changelist": EVERYBODY,
    "loyalty_store_change": EVERYBODY,
    "loyalty_store_add": {ADMIN},
    "loyalty_terminal_changelist": {ADMIN, MANAGER},
    "loyalty_terminal_change": {ADMIN, MANAGER},
    "loyalty_terminal_add": {ADMIN},
    "loyalty_apikey_changelist": {ADMIN},
    "loyalty_apikey_change": {ADMIN},
    "loyalty_apikey_add": {ADMIN},
    "loyalty_apikey_revoke": {ADMIN},
    "members_user_changelist": {ADMIN, MANAGER},
    "members_user_change": {ADMIN},  # a manager sees cashiers only; the user opened here is the admin
    "members_user_add": {ADMIN},
    "members_user_forget_second_factor": {ADMIN},
    "auth_user_password_change": {ADMIN},
    "auth_group_changelist": {ADMIN},
    "auth_group_change": {ADMIN},
    "auth_group_add": NOBODY,
    "members_consenttext_changelist": {ADMIN, MARKETER},
    "members_consenttext_change": {ADMIN, MARKETER},
    "members_consenttext_add": {ADMIN},
    "campaigns_campaign_changelist": EVERYBODY,
    "campaigns_campaign_change": EVERYBODY,
    "campaigns_campaign_add": NOBODY,
    "campaigns_campaign_start": {ADMIN, MARKETER},
    "campaigns_campaign_pause": NOBODY,  # the campaign opened here stands still: there is nothing to pause
    "campaigns_campaignstep_changelist": EVERYBODY,
    "campaigns_campaignstep_change": EVERYBODY,
    "campaigns_campaignstep_add": NOBODY,
    "campaigns_campaignstep_preview": EVERYBODY,
    "campaigns_turn_changelist": EVERYBODY,
    "campaigns_turn_change": {ADMIN, MARKETER, ANALYST},  # a manager sees the members of the own stores only
    "campaigns_turn_add": NOBODY,
    "campaigns_sendingpolicy_changelist": READERS,
    "campaigns_sendingpolicy_change": READERS,
    "campaigns_sendingpolicy_add": NOBODY,
    "campaigns_suppression_changelist": {ADMIN, MARKETER},
    "campaigns_suppression_change": {ADMIN, MARKETER},
    "campaigns_suppression_add": {ADMIN, MARKETER},
    "campaigns_fakemessage_changelist": {ADMIN, MARKETER},
    "campaigns_fakemessage_change": {ADMIN, MARKETER},
    "campaigns_fakemessage_add": NOBODY,
    "campaigns_fakebehaviour_changelist": {ADMIN},
    "campaigns_fakebehaviour_change": {ADMIN},
    "campaigns_fakebehaviour_add": NOBODY,
    "events_delivery_changelist": {ADMIN},
    "events_delivery_change": {ADMIN},
    "events_delivery_add": NOBODY,
    "events_job_changelist": {ADMIN, MARKETER},
    "events_job_change": {ADMIN, MARKETER},
    "events_job_add": NOBODY,
    "loyalty_nightlystep_changelist": READERS,
    "loyalty_nightlystep_change": READERS,
    "loyalty_nightlystep_add": NOBODY,
    "events_webhookendpoint_changelist": {ADMIN},
    "events_webhookendpoint_change": {ADMIN},
    "events_webhookendpoint_add": {ADMIN},
    "events_webhookmessage_changelist": {ADMIN},
    "events_webhookmessage_change": {ADMIN},
    "events_webhookmessage_add": NOBODY,
}
# the door itself, not behind it
DOOR = {"admin:login", "admin:logout"}


@pytest.fixture
def addresses(shop, staff, lan, till):
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
    rows = {
        "analytics_retentionterms": terms.found().pk,
        "members_member": lan.pk,
        "rewards_voucher": gift,
        "rewards_voucherdefinition": VoucherDefinition.objects.first().pk,
        "loyalty_purchase": bill,
        "loyalty_return": back,
        "loyalty_entryrow": EntryRow.objects.first().pk,
        "loyalty_programme": Programme.objects.get().pk,
        "loyalty_earningrule": EarningRule.objects.first().pk,
        "loyalty_spendingpolicy": SpendingPolicy.objects.first().pk,
        "loyalty_expirypolicy": ExpiryPolicy.objects.first().pk,
        "loyalty_tiertable": TierTable.objects.first().pk,
        "loyalty_tier": Tier.objects.first().pk,
        "loyalty_store": shop.pk,
        "loyalty_terminal": terminal.pk,
        "loyalty_apikey": key.pk,
        "members_user": staff[ADMIN].pk,
        "auth_user": staff[ADMIN].pk,
        "auth_group": Group.objects.get(name=ANALYST).pk,
        "members_consenttext": ConsentText.objects.first().pk,
        **campaign_rows(lan, at=till.at),
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


def names_of_the_admin() -> set[str]:
    """Every named address under /admin/, as the table above spells it."""

    def walk(patterns: list[URLPattern | URLResolver]) -> set[str]:
        found = set()
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                found |= walk(pattern.url_patterns)
            elif pattern.name:
                found.add(
                    pattern.name if "_" in pattern.name and pattern.name != "app_list" else f"admin:{pattern.name}"
                )
        return found

    return walk(admin.site.get_urls())


def test_every_address_has_a_row():
    assert names_of_the_admin() - DOOR == set(PAGES)


def test_each_role_opens_exactly_its_pages(addresses, signed_in):
    wrong = []
    for role in sorted(EVERYBODY | {access.CASHIER}):
        browser = signed_in(role)
        for name, roles in PAGES.items():
            answer = browser.get(addresses(name))
            opened = answer.status_code == 200 or (name == "admin:app_list" and answer.get("Location") == "/admin/")
            if opened != (role in roles) or answer.status_code >= 500:
                wrong.append(f"{role} at {name}: {answer.status_code}")
    assert not wrong


def test_a_stranger_opens_nothing(addresses, client):
    for name in PAGES:
        answer = client.get(addresses(name))
        assert answer.status_code == 302, name
        assert "/login/" in answer["Location"], name


@pytest.mark.parametrize(
    "page",
    [
        "account_change_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_reauthenticate_webauthn",
    ],
)
def test_a_stranger_sees_nothing_of_somebodys_account(client, shop, page):
    answer = client.get(reverse(page))
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]


CHANGES = {
    # what is sent where, and who may: everybody else is refused and nothing is written
    "loyalty_purchase_approve": ({}, {ADMIN, MARKETER, MANAGER}),
    "loyalty_apikey_revoke": ({}, {ADMIN}),
    "members_user_forget_second_factor": ({}, {ADMIN}),
    "members_member_give_voucher": (
        {"key": "welcome", "reason": "quà xin lỗi", "token": "019e1f3c-0000-7000-8000-000000000000"},
        {ADMIN, MARKETER},
    ),
    "rewards_voucher_void": ({"reason": "phát nhầm"}, {ADMIN}),
    "rewards_voucherdefinition_add": ({"key": "tet"}, {ADMIN, MARKETER}),
    "members_member_adjust_points": ({"points": "10", "reason": "quà xin lỗi"}, {ADMIN, MARKETER, MANAGER}),
    "loyalty_tier_change": ({"name_vi": "Mới", "name_en": "New", "color": "#888888"}, {ADMIN}),
    "loyalty_programme_change": ({"name": "Khác"}, {ADMIN}),
    "loyalty_store_change": ({"name": "Khác"}, {ADMIN}),
    "analytics_retentionterms_change": ({"window_days": "30", "period_days": "30"}, {ADMIN, MARKETER}),
    "members_member_change": ({"contact_person": ""}, {ADMIN, MARKETER, MANAGER}),
    "events_webhookendpoint_change": ({"url": "https://example.com/other"}, {ADMIN}),
    "members_user_change": ({"username": "other"}, {ADMIN}),
    "campaigns_campaign_start": ({}, {ADMIN, MARKETER}),
    "campaigns_campaign_change": ({"name_vi": "Khác"}, {ADMIN, MARKETER}),
    "campaigns_campaignstep_change": ({"subject_vi": "Khác"}, {ADMIN, MARKETER}),
    "campaigns_sendingpolicy_change": ({"brand": "KHAC"}, {ADMIN}),
    "campaigns_suppression_add": ({"channel": "sms", "address": "0987654321", "cause": "asked"}, {ADMIN, MARKETER}),
    "campaigns_suppression_changelist": ({"action": "lift", "_selected_action": "1"}, {ADMIN, MARKETER}),
    "campaigns_fakebehaviour_change": ({"mode": "down", "seconds": "0"}, {ADMIN}),
    "events_delivery_changelist": ({"action": "retry", "_selected_action": "1"}, {ADMIN}),
    "events_webhookmessage_changelist": ({"action": "send_again", "_selected_action": "1"}, {ADMIN}),
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
        "loyalty_apikey_revoke",
        "rewards_voucher_void",
    ):
        assert signed_in(ADMIN).get(addresses(name)).status_code == 200
    assert not ReviewDecision.objects.exists()
    assert not Voucher.objects.exclude(voided_at=None).exists()
    assert not ApiKey.objects.filter(revoked_at__isnull=False).exists()
