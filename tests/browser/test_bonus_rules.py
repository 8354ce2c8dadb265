"""From an idea to points at the till: a marketer builds a rule, looks back, another person agrees, a quote says why."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from django.conf import settings

from dashboard import demo
from dashboard.running import translating
from events import clock
from loyalty import policies
from loyalty.bill import BillLine
from loyalty.till import local_zone
from tests.browser.test_dashboard import sign_in, watched
from tests.factories.shop import Shop


@pytest.fixture
def shop(shop_db):
    translating.compile_all(Path(settings.BASE_DIR) / "locale")
    return Shop(at=clock.now())


def monday_morning() -> datetime:
    """The next one, nine o'clock by the shop's clock: far enough ahead for a browser to take its time."""
    today = clock.now().astimezone(local_zone())
    monday = today + timedelta(days=7 - today.weekday())
    return monday.replace(hour=9, minute=0, second=0, microsecond=0)


def tea(amount: int) -> BillLine:
    return BillLine(sku="TS01", name="Trà sen", quantity=Decimal(1), amount=amount, category="trà")


def test_double_points_on_tea_for_gold_on_monday_mornings(browser, processes, shop, tmp_path, monkeypatch):
    lan, mai = shop.member("Nguyễn Thị Lan"), shop.member("Trần Thị Mai")
    shop.sell(shop.bill(6_000_000, occurred_at=shop.at - timedelta(days=6)), lan)
    past = monday_morning() - timedelta(days=14)
    if past < shop.at:
        for member in (lan, mai):
            bill = shop.bill(lines=(tea(80_000),), occurred_at=past, channel="online")
            shop.sell(bill, member)
    sign_ins = demo.create_sign_ins(at=shop.at)
    offset = tmp_path / "clock"
    processes.env = {**processes.env, "CLOCK_FILE": str(offset)}
    web = processes.web()
    processes.worker()
    processes.relay()
    page = browser(width=1280, height=1000).new_page()
    troubles = watched(page)

    # the marketer builds it without code, and sees whom it would have touched
    sign_in(page, web.url, sign_ins["marketer"])
    page.goto(f"{web.url}/admin/loyalty/ruleversion/")
    page.click("text=Soạn quy tắc")
    page.fill("[name=name_vi]", "Sáng thứ Hai vui")
    page.fill("[name=name_en]", "Happy Monday")

    def condition(n: int, field: str) -> None:
        page.click("#rule-add")
        page.select_option(f"[name=c{n}-field]", field)
        page.wait_for_selector(f"[name=c{n}-value]")

    condition(0, "weekday")
    page.check("[name=c0-value][value='1']")
    condition(1, "hours")
    page.fill("[name=c1-value]", "07:00")
    page.fill("[name=c1-second]", "11:00")
    condition(2, "tier")
    page.check("[name=c2-value][value=gold]")
    page.select_option("[name=kind]", "percent")
    page.fill("[name=percent]", "100")
    page.fill("[name=categories]", "trà")
    page.fill("[name=per_member]", "200")
    page.wait_for_selector("#rule-reach:has-text('nhân 2 điểm cho trà')")
    page.wait_for_selector("#rule-reach:has-text('hạng là Vàng')")
    page.click("form button:has-text('Lưu bản nháp')")
    page.wait_for_selector("text=Chưa có điểm nào thay đổi")

    # looks back over the months, in a worker
    page.click("text=Chạy thử lại quá khứ")
    page.click("form button:has-text('Chạy thử')")
    page.wait_for_selector("text=Điểm theo quy tắc", timeout=60_000)
    assert "Sáng thứ Hai vui" in page.inner_text("#backtest")
    page.click("text=Về quy tắc")
    page.click("text=Xin duyệt")
    page.click("form button:has-text('Xin duyệt')")
    page.wait_for_selector("text=chờ duyệt")
    rule = page.url
    assert page.locator("a[href$='/approve/']").count() == 0, "who wrote it does not approve it"

    # another person approves
    other = browser(width=1280, height=1000).new_page()
    other_troubles = watched(other)
    sign_in(other, web.url, sign_ins["admin"])
    other.goto(rule)
    other.click("a[href$='/approve/']")
    other.click("form button:has-text('Duyệt')")
    other.wait_for_selector("text=đang chạy")

    # at the till, on Monday morning
    monday = monday_morning()
    offset.write_text(str((monday - shop.at).total_seconds()))
    policies.forget()

    def quote(member) -> dict:
        body = {
            "member": str(member.pk),
            "occurred_at": monday.isoformat(),
            "lines": [{"sku": "TS01", "name": "Trà sen", "category": "trà", "quantity": 1, "amount": 80_000}],
            "total": 80_000,
        }
        headers = {"Authorization": f"Bearer {sign_ins['api_key']}", "Accept-Language": "vi"}
        answer = requests.post(f"{web.url}/api/v1/quotes", json=body, headers=headers, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    gold, plain = quote(lan), quote(mai)
    assert gold["points"]["earned"] == 16
    assert "8 điểm: Sáng thứ Hai vui" in [one["text"] for one in gold["explanation"]]
    assert plain["points"]["earned"] == 8
    assert [one["text"] for one in plain["refused"]] == ["Sáng thứ Hai vui: cần hạng là Vàng"]
    assert not troubles
    assert not other_troubles
