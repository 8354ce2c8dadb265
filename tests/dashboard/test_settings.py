"""Thiết lập: one page says what the shop has decided, and leads to where it is changed."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse

from dashboard import access, settings_page
from events import clock
from loyalty import policies
from loyalty.models import EarningRule
from loyalty.models.policies import DatedPolicy
from tests.dashboard.test_languages import read

PAGE = "/admin/settings/"


def words(browser, language: str = "vi") -> str:
    browser.cookies["django_language"] = language
    answer = browser.get(PAGE)
    assert answer.status_code == 200
    return " ".join(" ".join(read(answer.content.decode())).split())


def test_the_page_says_what_holds_now_in_both_languages(admin):
    said = words(admin)
    assert "10.000 ₫ = 1 điểm, 1 điểm = 500 ₫: hoàn 5,0 %" in said
    assert "trên 50.000 ₫ mỗi ngày cần QR hoặc mã" in said
    assert "Trả lời sớm nhất trong 4 giờ làm việc, 3 loại phiếu" in said
    english = words(admin, "en")
    assert "10,000 = 1 point" in english.replace("₫", "") and "Opens a case for scores of 6 and below" in english


def test_a_policy_of_tomorrow_is_not_yet_what_holds(admin):
    at = clock.now()
    policies.publish(EarningRule(points=1, per_amount=20_000, valid_from=at + timedelta(days=1)), by="test", at=at)
    assert "20.000 ₫ = 1 điểm" not in words(admin)
    assert "= 1 điểm, 1 điểm = 500" in words(admin)


@pytest.mark.parametrize(("role", "keys"), [(access.ADMIN, True), (access.ANALYST, False)])
def test_each_person_sees_the_settings_they_may_open(signed_in, role, keys):
    page = signed_in(role).get(PAGE).content.decode()
    assert (reverse("admin:loyalty_apikey_changelist") in page) is keys
    assert reverse("admin:loyalty_earningrule_changelist") in page


def test_no_dated_policy_is_missing():
    listed = {one.page for _title, settings in settings_page.GROUPS for one in settings}
    dated = {
        f"{model._meta.app_label}_{model._meta.model_name}_changelist"
        for model in admin.site._registry
        if issubclass(model, DatedPolicy)
    }
    assert dated and dated <= listed
