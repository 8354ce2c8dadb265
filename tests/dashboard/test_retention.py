"""Giữ chân khách: each rate beside its definition, and a plain word where there is too little to tell."""

from datetime import date, timedelta

import pytest

from analytics.models import RetentionNight, RetentionTerms, RevenueMonth
from dashboard import access, retention_page
from loyalty import nightly as nights_run
from tests.dashboard.test_languages import read

PAGE = "/admin/retention/"


@pytest.fixture
def last_due(till) -> date:
    return nights_run.last_due(at=till.at)


def night(day: date, **said) -> RetentionNight:
    counts = {"at_start": 200, "at_end": 220, "kept": 150, "first_time": 40, "came_back": 30}
    window = {"window_days": 45, "window_by": "gaps", "gaps": 4_321, "gap_days": 45, "period_days": 30}
    return RetentionNight.objects.create(date=day, counted_at=f"{day}T20:00:00Z", **{**counts, **window, **said})


def words(browser, language: str = "vi") -> str:
    browser.cookies["django_language"] = language
    answer = browser.get(PAGE)
    assert answer.status_code == 200
    return " ".join(" ".join(read(answer.content.decode())).split())


def test_before_the_first_night_the_page_says_so(admin):
    assert "Chưa có đêm nào được tính. Số liệu có sau lần chạy đêm đầu tiên." in words(admin)


def test_each_rate_stands_beside_its_definition_and_its_numbers(admin, last_due):
    night(last_due)
    said = words(admin)
    assert "Tỷ lệ giữ chân 75,0 % (khách cuối kỳ − khách mới trong số đó) ÷ khách đầu kỳ (220 − 70) ÷ 200" in said
    assert "Tỷ lệ rời bỏ 25,0 % 1 − tỷ lệ giữ chân" in said
    assert "Thay đổi ròng −10,0 % (khách đầu kỳ − khách cuối kỳ) ÷ khách đầu kỳ; âm là đông lên" in said
    assert "90 % trong 4.321 khoảng cách giữa hai lần mua của một năm qua không quá 45 ngày." in said
    assert "trễ" not in said


def test_the_page_says_how_late_it_is(admin, last_due):
    night(last_due - timedelta(days=3))
    assert "Số liệu trễ 3 đêm." in words(admin)
    assert "The figures are 3 nights late." in words(admin, "en")


def test_too_few_customers_are_no_rate(admin, last_due):
    night(last_due, at_start=12, at_end=20, kept=10, first_time=10, came_back=0)
    said = words(admin)
    assert "Chưa đủ dữ liệu: đầu kỳ có 12 khách, cần ít nhất 30 để tính tỷ lệ." in said
    assert "Tỷ lệ giữ chân —" in said


@pytest.mark.parametrize(
    ("window", "sentence"),
    [
        ({"window_by": "staff"}, "45 ngày do cửa hàng tự đặt."),
        (
            {"window_by": "default", "gaps": 7},
            "45 ngày mặc định: mới có 7 khoảng cách giữa hai lần mua, cần 30.",
        ),
        ({"gap_days": 3}, "không quá 3 ngày. Giới hạn còn 45 ngày."),
    ],
)
def test_the_window_says_where_it_comes_from(admin, last_due, window, sentence):
    night(last_due, **window)
    assert sentence in words(admin)


def test_a_night_with_too_few_customers_is_a_gap_in_the_line(last_due):
    few = night(last_due, at_start=5, at_end=5, kept=5, first_time=0, came_back=0)
    assert '"data": [null]' in retention_page._nights_chart([few])


def test_months_show_new_against_repeat_and_what_the_profit_rests_on(admin, till):
    RevenueMonth.objects.create(
        month=date(2026, 10, 1), as_of=date(2026, 10, 31), new_members=3, repeat_members=5, new_revenue=2_000_000,
        repeat_revenue=6_000_000, guest_revenue=2_000_000, new_profit=900_000, repeat_profit=2_500_000,
        guest_profit=1_000_000, new_costed=1_500_000, repeat_costed=5_000_000, guest_costed=1_500_000,
    )  # fmt: skip
    said = words(admin)
    assert "10/2026 3 5 2.000.000 ₫ 6.000.000 ₫ 2.000.000 ₫ 75,0 % 900.000 ₫ 2.500.000 ₫ 1.000.000 ₫ 80,0 %" in (
        said.replace("\xa0", " ")
    )
    assert "Tính đến hết 31/10/2026." in said


def test_a_marketer_changes_the_window_and_it_is_written_down(signed_in, till):
    row = RetentionTerms.objects.create(pk=1)
    browser = signed_in(access.MARKETER)
    address = f"/admin/analytics/retentionterms/{row.pk}/change/"
    assert browser.post(address, {"window_days": "3", "period_days": "30"}).status_code == 200  # refused, shown again
    assert browser.post(address, {"window_days": "60", "period_days": "30"}).status_code == 302
    row.refresh_from_db()
    assert row.window_days == 60
    assert [event.window_days for event in row.events.order_by("pgh_id")] == [None, 60]


def test_a_share_is_rounded_not_cut_off(admin, last_due):
    night(last_due, at_start=295, at_end=320, kept=218, first_time=54, came_back=48)
    said = words(admin)
    assert "Tỷ lệ giữ chân 73,9 %" in said
    assert "Tỷ lệ rời bỏ 26,1 %" in said
