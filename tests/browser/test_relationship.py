"""Quân the marketer takes a complaint from its first word to the apology and the end, without leaving Lan's page."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from dashboard import demo
from dashboard.running import translating
from events import clock
from loyalty import queries
from members.models import Case, CaseLine
from rewards import founding
from rewards.models import Voucher
from tests.browser.test_dashboard import sign_in, watched
from tests.factories.shop import Shop


@pytest.fixture
def house(shop_db):
    translating.compile_all(Path(settings.BASE_DIR) / "locale")
    shop = Shop(at=clock.now())
    lan = shop.member("Nguyễn Thị Lan", phone="0912 345 678")
    for days in range(1, 9):
        shop.sell(shop.bill(58_000 * days, occurred_at=shop.at - timedelta(days=days % 7, hours=1)), lan)
    founding.found(at=shop.at)
    return demo.create_sign_ins(at=shop.at) | {"lan": lan}


def test_a_complaint_goes_from_opening_to_apology_and_closing_on_the_members_page(browser, web, house):
    page = browser(width=390, height=844).new_page()
    troubles = watched(page)
    sign_in(page, web.url, house["marketer"])
    address = f"{web.url}/admin/members/member/{house['lan'].pk}/change/"
    page.goto(address)

    page.click("a.button:has-text('Mở phiếu')")
    page.fill("#panel textarea[name=words]", "Cà phê nguội ngắt.\nĐợi 20 phút.")
    page.click("#panel button[type=submit]")
    page.wait_for_selector("text=Đã mở phiếu “Cà phê nguội ngắt.”")
    page.wait_for_selector(".chip:has-text('1 phiếu chưa đóng')")

    page.click("nav.tabs a:has-text('Phiếu hỗ trợ')")
    page.click("[data-section=cases] .case-row a")
    page.fill("form:has(input[value=answer]) textarea[name=words]", "Dạ em xin lỗi chị Lan.")
    page.click("form:has(input[value=answer]) button[type=submit]")
    page.wait_for_selector(".line-answer:has-text('Dạ em xin lỗi chị Lan.')")

    page.click("details.step summary:has-text('Xin lỗi')")
    sorry = "form:has(input[value=apologise])"
    page.fill(f"{sorry} input[name=points]", "30")
    page.select_option(f"{sorry} select[name=voucher]", "welcome")
    page.fill(f"{sorry} textarea[name=words]", "Quán gửi chị chút quà.")
    page.click(f"{sorry} button[type=submit]")
    page.wait_for_selector(".line-apology:has-text('+30 điểm')")

    page.click("details.step summary:has-text('Đóng phiếu')")
    page.select_option("form:has(input[value=close]) select[name=reason]", "solved")
    page.click("form:has(input[value=close]) button[type=submit]")
    page.wait_for_selector(".line-closed:has-text('Đã xử lý xong')")
    # the top follows what happened in the section
    page.wait_for_selector(".chip:has-text('phiếu chưa đóng')", state="detached")
    assert page.url.startswith(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    case = Case.objects.get()
    assert (case.state, case.reason_id, case.via) == ("closed", "solved", "dashboard")
    gift = CaseLine.objects.get(kind="apology")
    assert (gift.points, gift.voucher_id) == (30, Voucher.objects.get(member_id=house["lan"].pk).pk)
    earned = sum(58_000 * days // 10_000 for days in range(1, 9))
    assert queries.balance(house["lan"].pk, at=clock.now()).available == earned + 30
    page.click("nav.tabs a:has-text('Điểm')")
    page.wait_for_selector("[data-section=account] >> text=Quán gửi chị chút quà.")
    page.go_back()
    page.wait_for_selector("[data-section=cases]")
    assert not troubles
