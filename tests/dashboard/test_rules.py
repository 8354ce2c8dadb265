"""Bonus rules in the dashboard: what staff build in rows is a condition, and two people put it in force."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from dashboard import access
from dashboard.rules import rows
from dashboard.rules.rows import Row
from events import clock, jobs
from loyalty import policies
from loyalty.backtesting import working
from loyalty.models import RuleVersion, Tier
from tests.factories.rules import DOUBLE, in_force

WRITE = "/admin/rules/write/"
TEA = {
    "name_vi": "Sáng thứ Hai vui",
    "name_en": "Happy Monday",
    "kind": "percent",
    "percent": "100",
    "categories": "trà, cà phê",
    "per_member": "200",
    "period": "day",
    "position": "100",
    "stack_mode": "stack",
    "c0-field": "weekday",
    "c0-value": ["1"],
    "c3-field": "amount",
    "c3-op": "at_least",
    "c3-value": "200.000",
    "c5-join": "or",
    "c5-not": "1",
    "c5-field": "tier",
    "c5-value": ["member", "silver"],
}


def said(**fields) -> QueryDict:
    form = QueryDict(mutable=True)
    for name, value in fields.items():
        form.setlist(name.replace("_", "-", 1), value if isinstance(value, list) else [value])
    return form


def test_rows_say_a_condition_and_come_back_as_they_were(admin):
    asked = rows.read(
        said(
            c0_field="amount",
            c0_op="between",
            c0_value="50.000",
            c0_second="200.000",
            c2_join="or",
            c2_field="sku_quantity",
            c2_of="TS01",
            c2_op="at_least",
            c2_value="1,5",
            c4_not="1",
            c4_field="birthday_month",
            c7_field="tag",
            c7_op="has_all",
            c7_value="vip, sinh-vien",
        )
    )

    condition = rows.document(asked)

    assert condition == {
        "all": [
            {
                "any": [
                    {"field": "amount", "between": [50_000, 200_000]},
                    {"field": "sku_quantity", "of": "TS01", "at_least": "1.5"},
                ]
            },
            {"not": {"field": "birthday_month", "is": True}},
            {"field": "tag", "has_all": ["vip", "sinh-vien"]},
        ]
    }
    again = rows.rows_of(condition)
    assert again is not None
    assert rows.document(again) == condition


def test_more_than_rows_can_say_is_left_alone():
    assert rows.rows_of({"any": [{"all": [{"field": "member", "is": True}]}, {"field": "visit", "is": 1}]}) is None


@pytest.mark.parametrize(
    "row",
    [
        Row(0, field="amount", values=["nhiều"]),
        Row(0, field="amount"),
        Row(0, field="hours", values=["7:00"], second="11:00"),
        Row(0, field="weekday", values=["8"]),
        Row(0, field="visit", operator="between", values=["5"], second="2"),
        Row(0, field="__class__", values=["x"]),
    ],
)
def test_a_row_that_cannot_be_read_says_so(admin, row):
    assert rows.document([row]) is None
    assert row.error


def test_a_draft_is_written_asked_for_and_approved_by_somebody_else(signed_in, admin, lan, till):
    marketer = signed_in(access.MARKETER)

    page = marketer.post(WRITE, TEA, follow=True)

    assert "Chưa có điểm nào thay đổi" in page.content.decode()
    version = RuleVersion.objects.get()
    assert (version.rule.key, version.number) == ("sang-thu-hai-vui", 1)
    assert version.condition["all"][1] == {
        "any": [
            {"field": "amount", "at_least": 200_000},
            {"not": {"field": "tier", "in": ["member", "silver"]}},
        ]
    }
    assert version.effect == {"kind": "percent", "percent": 100, "categories": ["trà", "cà phê"]}
    text = page.content.decode()
    assert "thứ trong tuần là thứ Hai" in text
    assert "nhân 2 điểm cho cà phê, trà" in text
    assert "mỗi thành viên nhiều nhất 200 điểm mỗi ngày" in text
    marketer.post(reverse("admin:loyalty_ruleversion_ask", args=[version.pk]))
    assert marketer.post(reverse("admin:loyalty_ruleversion_approve", args=[version.pk])).status_code == 403
    assert "nhân 2 điểm" in admin.get(reverse("admin:loyalty_ruleversion_changelist")).content.decode()
    approved = admin.post(reverse("admin:loyalty_ruleversion_approve", args=[version.pk]), follow=True)
    assert "đang chạy" in approved.content.decode()
    assert [one.rule.key for one in policies.at(clock.now()).bonus.standing] == ["sang-thu-hai-vui"]


def test_what_cannot_be_read_stays_in_the_form_with_a_word_at_its_place(admin):
    page = admin.post(WRITE, TEA | {"percent": "", "c3-value": "hai trăm", "stack_mode": "best"}).content.decode()

    assert not RuleVersion.objects.exists()
    for word in ("Cách thưởng này cần số này.", "Không đọc được giá trị này.", "Đặt tên nhóm"):
        assert word in page
    assert 'value="hai trăm"' in page
    assert 'value="Sáng thứ Hai vui"' in page


def test_the_next_version_begins_as_a_copy_and_shows_what_changed(admin, till):
    version = in_force(till, "tea", {**DOUBLE, "categories": ["trà"]}, condition={"field": "weekday", "in": [1]})
    page = admin.get(f"{WRITE}?of={version.pk}").content.decode()
    assert 'value="Nhân đôi"' in page
    assert 'name="c0-value" value="1" checked' in page

    admin.post(f"{WRITE}?of={version.pk}", TEA)

    second = RuleVersion.objects.get(number=2)
    shown = admin.get(reverse("admin:loyalty_ruleversion_change", args=[second.pk])).content.decode()
    assert "Khác bản trước" in shown
    assert "<del>Nhân đôi</del> <ins>Sáng thứ Hai vui</ins>" in shown


def test_the_panel_says_whom_the_rule_would_have_touched_and_what_it_gives_back(admin, lan, till):
    till.sell(till.bill(300_000), lan)
    till.sell(till.bill(50_000), lan)

    form = TEA | {"categories": "", "percent": "400"}
    form = {name: value for name, value in form.items() if not name.startswith("c0")}
    panel = admin.post("/admin/rules/reach/", form).content.decode()

    assert "nhân 5 điểm" in panel
    assert "1 <span" in panel.replace("\n", "")
    assert "60.000" in panel, "120 points more"
    assert "Hoàn trên 10 % là rất nhiều" in panel


def test_a_rule_is_tried_on_a_receipt_and_says_why_not(admin, lan, till):
    version = in_force(till, "gold", condition={"field": "tier", "is": "gold"})
    bill = till.bill(100_000)
    till.sell(bill, lan)
    address = reverse("admin:loyalty_ruleversion_try_it", args=[version.pk])

    page = admin.get(address, {"receipt": bill.receipt}).content.decode()

    assert "Quy tắc này không thưởng gì." in page
    assert "Chưa đúng: hạng là Vàng." in page
    assert "Không có hóa đơn nào mang số này." in admin.get(address, {"receipt": "X"}).content.decode()
    visits = in_force(till, "first", {"kind": "fixed", "points": 7}, condition={"field": "visit", "is": 1})
    tried = reverse("admin:loyalty_ruleversion_try_it", args=[visits.pk])
    assert "thưởng +7 điểm" in admin.get(tried, {"receipt": bill.receipt}).content.decode()


def test_a_back_test_runs_as_a_job_month_by_month_and_its_sums_are_shown(admin, lan, till):
    till.sell(till.bill(100_000), lan)
    version = in_force(till, "double")
    address = reverse("admin:loyalty_ruleversion_backtest", args=[version.pk])
    assert "Chưa chạy thử lần nào" in admin.get(address).content.decode()

    admin.post(address, {"months": "3"})

    job = working.latest(version.pk)
    assert 'role="progressbar"' in admin.get(address).content.decode()
    chunks = 1
    while jobs.run_chunk(id=job.pk, at=clock.now()):
        chunks += 1
    assert chunks == job.total
    page = admin.get(address).content.decode()
    assert "Điểm theo quy tắc" in page
    assert "+10 (5.000" in page
    assert "Nguyễn Thị Lan" in page
    result = working.result_of(working.latest(version.pk))
    assert (result.happened, result.points, result.changed) == (10, 20, 1)


def test_an_analyst_looks_back_without_names(signed_in, lan, till):
    till.sell(till.bill(100_000), lan)
    version = in_force(till, "double")
    job = working.start(version_id=version.pk, months=3, by="user:1", at=clock.now())
    while jobs.run_chunk(id=job, at=clock.now()):
        pass

    page = signed_in(access.ANALYST).get(reverse("admin:loyalty_ruleversion_backtest", args=[version.pk]))

    assert "Điểm theo quy tắc" in page.content.decode()
    assert "Nguyễn Thị Lan" not in page.content.decode()


def test_a_tier_table_says_what_each_tier_earns_on_top(admin, lan, till):
    address = reverse("admin:loyalty_tiertable_add")
    ids = dict(Tier.objects.values_list("code", "pk"))
    page = admin.get(address).content.decode()
    assert "Tích thêm (%)" in page
    ahead = timezone.localtime(clock.now() + timedelta(hours=1))
    said = {"valid_from_0": f"{ahead:%d/%m/%Y}", "valid_from_1": f"{ahead:%H:%M}", "window_days": "365"}
    said["_publish"] = "1"
    for code, spend, percent in (("silver", "100.000", "10"), ("gold", "200.000", "25"), ("diamond", "900.000", "")):
        said |= {f"spend_{ids[code]}": spend, f"earn_{ids[code]}": percent}

    shown = admin.post(address, said, follow=True).content.decode()

    assert "(+10 %)" in shown
    ladder = policies.at(ahead + timedelta(minutes=1)).ladder
    assert ladder.earn_percents == {ids["silver"]: 10, ids["gold"]: 25, ids["diamond"]: 0}
