"""What marketers do with campaigns, through the pages' own forms."""

from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns import blocking, enrolling, steering
from campaigns import founding as campaign_founding
from campaigns.models import Campaign, CampaignStep, FakeBehaviour, FakeMessage, SendingPolicy, Suppression, Turn
from dashboard import access
from rewards import founding as voucher_founding
from rewards.models import Voucher


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def marketer(signed_in):
    return signed_in(access.MARKETER)


@pytest.fixture
def welcome(till) -> Campaign:
    voucher_founding.found(at=till.at)
    campaign_founding.found()
    return Campaign.objects.get(key="welcome")


def page(campaign: Campaign) -> str:
    return reverse("admin:campaigns_campaign_change", args=[campaign.pk])


def settings_of(campaign: Campaign, **changed) -> dict[str, object]:
    said = {
        "name_vi": campaign.name_vi,
        "name_en": campaign.name_en,
        "until_0": "",
        "until_1": "",
        "send_from": "09:00",
        "stale_days": campaign.stale_days,
        "holdout_percent": campaign.holdout_percent,
        "days_before": campaign.days_before,
        "silence_days": campaign.silence_days,
        "silence_at_most_days": campaign.silence_at_most_days,
        "steps-TOTAL_FORMS": 0,
        "steps-INITIAL_FORMS": 0,
    }
    return {**said, **changed}


def texts_of(step: CampaignStep, **changed) -> dict[str, object]:
    names = ["after_days", "message_class", "voucher"]
    names += [f"{kind}_{language}" for kind in ("subject", "body", "short") for language in ("vi", "en")]
    said = {name: getattr(step, name) for name in names}
    return {**said, "channels": step.channels, **changed}


def test_a_campaign_is_started_and_paused_by_its_buttons(marketer, welcome):
    start = reverse("admin:campaigns_campaign_start", args=[welcome.pk])
    pause = reverse("admin:campaigns_campaign_pause", args=[welcome.pk])
    assert "Lượt đang chờ được gửi ngay" in text_of(marketer.get(start))
    welcome.refresh_from_db()
    assert not welcome.running
    assert marketer.post(start)["Location"] == page(welcome)
    welcome.refresh_from_db()
    assert welcome.running
    since = welcome.since
    assert "đang chạy" in text_of(marketer.get(reverse("admin:campaigns_campaign_changelist")))
    marketer.post(pause)
    welcome.refresh_from_db()
    assert (welcome.running, welcome.since) == (False, since)
    assert "tạm dừng" in text_of(marketer.get(reverse("admin:campaigns_campaign_changelist")))


def test_the_list_counts_each_campaigns_turns(marketer, welcome, till):
    steering.start(campaign_id=welcome.pk, at=till.at - timedelta(days=1))
    welcome.refresh_from_db()
    for _ in range(3):
        enrolling.joined(campaign=welcome, member_id=till.member().pk, at=till.at)
    done = Turn.objects.order_by("id").first()
    Turn.objects.filter(pk=done.pk).update(state="skipped", reason="member_gone", ended_at=till.at)
    rows = marketer.get(reverse("admin:campaigns_campaign_changelist")).context["cl"].result_list
    assert {row.key: row.counts for row in rows} == {
        "welcome": {"due": 2, "skipped": 1},
        "birthday": {},
        "winback": {},
    }


def test_days_are_settings_that_staff_edit_and_the_audit_trail_knows(marketer, admin, welcome):
    birthday = Campaign.objects.get(key="birthday")
    assert marketer.post(page(birthday), settings_of(birthday, days_before=3)).status_code == 302
    birthday.refresh_from_db()
    assert birthday.days_before == 3
    assert "trước sinh nhật (ngày): 7 → 3" in text_of(admin.get(reverse("admin:history")))


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("birthday", {"days_before": 61}),
        ("winback", {"silence_days": 3}),
        ("winback", {"silence_days": 100, "silence_at_most_days": 90}),
        ("winback", {"holdout_percent": 60}),
        ("welcome", {"stale_days": 0}),
    ],
)
def test_settings_beyond_sense_are_refused(marketer, welcome, key, wrong):
    campaign = Campaign.objects.get(key=key)
    answer = marketer.post(page(campaign), settings_of(campaign, **wrong))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    assert Campaign.objects.get(key=key) == campaign
    before = {name: getattr(campaign, name) for name in wrong}
    campaign.refresh_from_db()
    assert {name: getattr(campaign, name) for name in wrong} == before


def test_a_campaign_shows_the_settings_of_its_own_trigger_only(marketer, welcome):
    said = text_of(marketer.get(page(Campaign.objects.get(key="winback"))))
    assert 'name="silence_days"' in said
    assert 'name="days_before"' not in said


# --- texts -----------------------------------------------------------------------------------------------------------


def step_page(step: CampaignStep) -> str:
    return reverse("admin:campaigns_campaignstep_change", args=[step.pk])


def test_a_text_is_changed(marketer, welcome):
    step = welcome.steps.get()
    new = "{{ honorific | capitalize }} {{ call_name }}, mời anh chị nhận quà"
    assert marketer.post(step_page(step), texts_of(step, subject_vi=new)).status_code == 302
    step.refresh_from_db()
    assert step.subject_vi == new


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("body_vi", "{% for x in (1..9) %}{{ x }}{% endfor %}", "không dùng lệnh"),
        ("short_en", "{{ name.__class__ }}", "không dùng lệnh"),
        ("subject_en", "{{ phone }}", "Không có trường {{ phone }} ở đây."),
    ],
)
def test_a_text_that_could_not_be_sent_is_refused_with_its_reason(marketer, welcome, field, text, said):
    step = welcome.steps.get()
    answer = marketer.post(step_page(step), texts_of(step, **{field: text}))
    assert answer.status_code == 200
    assert said in " ".join(answer.context["adminform"].form.errors[field])
    step.refresh_from_db()
    assert getattr(step, field) != text


def test_a_text_that_speaks_of_a_voucher_needs_one(marketer, welcome):
    step = welcome.steps.get()
    answer = marketer.post(step_page(step), texts_of(step, voucher=""))
    assert {"body_vi", "body_en"} <= set(answer.context["adminform"].form.errors)


def test_a_voucher_nobody_gives_is_refused(marketer, welcome):
    step = welcome.steps.get()
    answer = marketer.post(step_page(step), texts_of(step, voucher="no-such"))
    assert "voucher" in answer.context["adminform"].form.errors


def test_staff_cannot_turn_an_offer_into_service(marketer, welcome):
    step = CampaignStep.objects.get(campaign__key="winback", position=2)
    answer = marketer.post(step_page(step), texts_of(step, message_class="service"))
    assert answer.context["adminform"].form.errors["message_class"] == ["Tin mời khách quay lại là quảng cáo."]
    step.refresh_from_db()
    assert step.message_class == "advertising"


def test_a_preview_shows_both_languages_to_a_real_member_and_gives_nothing(marketer, welcome, lan):
    step = welcome.steps.get()
    said = text_of(marketer.get(reverse("admin:campaigns_campaignstep_preview", args=[step.pk]), {"member": "Lan"}))
    assert "Chào bạn Lan" in said
    assert "Dear Lan" in said
    assert "SMS: 1 tin" in said
    assert not Voucher.objects.exists()


def test_a_preview_says_when_nobody_is_found_or_the_text_is_wrong(marketer, welcome, lan):
    step = welcome.steps.get()
    preview = reverse("admin:campaigns_campaignstep_preview", args=[step.pk])
    assert "Không tìm thấy" in text_of(marketer.get(preview, {"member": "zzzz"}))
    CampaignStep.objects.filter(pk=step.pk).update(body_vi="{{ nobody }}")
    assert "không gửi được" in text_of(marketer.get(preview))


# --- turns and limits ------------------------------------------------------------------------------------------------


def test_a_turn_says_why_it_was_skipped_and_an_analyst_sees_no_name(signed_in, welcome, till, lan):
    steering.start(campaign_id=welcome.pk, at=till.at - timedelta(days=1))
    welcome.refresh_from_db()
    enrolling.joined(campaign=welcome, member_id=lan.pk, at=till.at)
    Turn.objects.update(state="skipped", reason="no_consent", closed_channels={"email": "no_address"}, ended_at=till.at)
    turn = Turn.objects.get()
    for role, named in ((access.MARKETER, True), (access.ANALYST, False)):
        for address in (
            reverse("admin:campaigns_turn_changelist"),
            reverse("admin:campaigns_turn_change", args=[turn.pk]),
        ):
            said = text_of(signed_in(role).get(address))
            assert "chưa đồng ý nhận tin" in said
            assert ("Nguyễn Thị Lan" in said) is named
            assert "(&#x27;skipped&#x27;" not in said
            assert "[&#x27;" not in said
    assert "e-mail: không có địa chỉ" in said


def test_turns_are_found_by_campaign_and_state(marketer, welcome, till, lan):
    enrolling.joined(campaign=welcome, member_id=lan.pk, at=till.at)
    address = reverse("admin:campaigns_turn_changelist")
    assert "Nguyễn Thị Lan" in text_of(marketer.get(address, {"campaign__id__exact": welcome.pk, "in": "due"}))
    assert "Nguyễn Thị Lan" not in text_of(marketer.get(address, {"in": "sent"}))


def test_limits_are_stricter_than_the_law_or_like_it(admin, welcome):
    address = reverse("admin:campaigns_sendingpolicy_change", args=[1])
    good = {
        "brand": "CAPHEPHO", "daily_cap": 2, "weekly_cap": 4, "quiet_until": "08:00", "quiet_from": "20:00",
        "holdout_percent": 8,
    }  # fmt: skip
    assert admin.post(address, good).status_code == 302
    assert SendingPolicy.objects.get().brand == "CAPHEPHO"
    for wrong in (
        {"daily_cap": 4},
        {"quiet_until": "06:00"},
        {"quiet_from": "22:30"},
        {"quiet_until": "20:00", "quiet_from": "08:00"},
        {"brand": "Cà phê"},
        {"holdout_percent": 7},
        {"holdout_percent": 51},
    ):
        answer = admin.post(address, {**good, **wrong})
        assert answer.status_code == 200, wrong
        assert answer.context["adminform"].form.errors, wrong
    assert SendingPolicy.objects.get().daily_cap == 2


def test_an_address_is_left_in_peace_and_let_in_again(marketer, welcome):
    add = reverse("admin:campaigns_suppression_add")
    said = {"channel": "sms", "address": "0912 345 678", "cause": "complained"}
    assert marketer.post(add, said).status_code == 302
    row = Suppression.objects.get()
    assert row.address == "+84912345678"
    assert row.by.startswith("user:")
    assert marketer.post(add, {**said, "address": "+84 912 345 678"}).status_code == 200
    assert marketer.post(add, {**said, "address": "không phải số"}).status_code == 200
    assert Suppression.objects.count() == 1

    listed = reverse("admin:campaigns_suppression_changelist")
    assert "912345678" not in text_of(marketer.get(listed)).replace(" ", "")
    marketer.post(listed, {"action": "lift", "_selected_action": row.pk})
    assert not blocking.is_suppressed(address="+84912345678", channel="sms")
    assert marketer.post(add, said).status_code == 302


def test_what_was_sent_is_shown_with_masked_addresses(marketer, welcome, till):
    taken = FakeMessage.objects.create(
        key="turn:1", channel="email", address="lan@example.com", subject="Chào chị Lan", body="<b>Mã</b>", at=till.at
    )
    listed = text_of(marketer.get(reverse("admin:campaigns_fakemessage_changelist")))
    assert "Chào chị Lan" in listed
    assert "lan@example.com" not in listed
    assert "<b>Mã</b>" not in text_of(marketer.get(reverse("admin:campaigns_fakemessage_change", args=[taken.pk])))


def test_an_admin_tells_a_fake_channel_how_to_behave(admin, welcome):
    address = reverse("admin:campaigns_fakebehaviour_change", args=["sms"])
    assert admin.post(address, {"mode": "lost", "seconds": "0"}).status_code == 302
    assert FakeBehaviour.objects.get(pk="sms").mode == "lost"
    assert admin.post(address, {"mode": "slow", "seconds": "61"}).status_code == 200


def test_the_national_list_comes_from_a_file_and_replaces_the_one_before(tmp_path, welcome, admin):
    from django.core.management import CommandError, call_command

    file = tmp_path / "dnc.csv"
    file.write_text("phone\n0912345678\n+84 987 654 321\n\nkhông phải số\n", encoding="utf-8")
    call_command("import_do_not_advertise", str(file), "--date", "2026-11-01")
    assert blocking.ListedPhone.objects.count() == 2
    file.write_text("0912345678\n", encoding="utf-8")
    call_command("import_do_not_advertise", str(file), "--date", "2026-11-15")
    assert [str(row.listed_on) for row in blocking.ListedPhone.objects.all()] == ["2026-11-15"]
    assert "1 số, ngày 15/11/2026" in text_of(admin.get(reverse("admin:campaigns_sendingpolicy_change", args=[1])))
    with pytest.raises(CommandError):
        call_command("import_do_not_advertise", str(tmp_path / "none.csv"), "--date", "2026-11-15")


def test_a_campaigns_page_leads_to_the_texts_of_its_steps(marketer, welcome):
    step = welcome.steps.get()
    assert f'href="{reverse("admin:campaigns_campaignstep_change", args=[step.pk])}"' in text_of(
        marketer.get(page(welcome))
    )
