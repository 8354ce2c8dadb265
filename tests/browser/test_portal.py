"""The portal on a cheap telephone: joining from a poster with the gift, the card without a net, points with reasons."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from campaigns.models import CodeMessage, FakeMessage
from events import clock
from members.models import Identifier, Member
from tests.browser.test_dashboard import watched
from tests.campaigns.conftest import Marketing

PHONE, E164 = "0903 111 222", "+84903111222"
FIRST_SCREEN = 100 * 1024
AN_OLD_TELEPHONE = 390
# the page with the points of now has been kept
KEPT = """caches.open('card').then((kept) => kept.match('/me/offline')).then((page) => page && page.text())
                .then((text) => Boolean(text) && /\\b18(\\u00a0|&nbsp;)/.test(text))"""


@pytest.fixture
def shop(shop_db) -> Marketing:
    shop = Marketing(at=clock.now())
    shop.store.name = "Cà phê Phố Quận 1"
    shop.store.save()
    return shop


def until(found: Callable[[], object], *, seconds: float = 20) -> object:
    """What `found` answers once it answers something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := found():
            return answer
        time.sleep(0.05)
    raise AssertionError("it did not come in time")


def newest_code() -> str:
    """The digits of the last message, on their way or with the telephone company."""
    words = list(CodeMessage.objects.filter(address=E164).exclude(text="").values_list("created_at", "text"))
    words += list(FakeMessage.objects.filter(address=E164, key__startswith="code:").values_list("at", "body"))
    found = re.search(r"\b\d{6}\b", max(words)[1]) if words else None
    return found[0] if found else ""


def type_the_code(page: Page, *, after: str = "") -> str:
    code = until(lambda: (seen := newest_code()) != after and seen)
    page.fill("#code", str(code))
    page.click("main button.btn-primary")
    return str(code)


def bytes_of(page: Page, address: str) -> int:
    """What travels over the wire until the page stands, as the browser itself counts it."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.send("Network.setBypassServiceWorker", {"bypass": True})
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.goto(address, wait_until="networkidle")
    wire.detach()
    return round(sum(sizes))


def test_a_poster_a_gift_a_card_without_a_net_and_a_point_with_its_reason(browser, shop, processes, web, worker, relay):
    context = browser(width=AN_OLD_TELEPHONE, height=844, language="vi-VN")
    page = context.new_page()
    troubles = watched(page)

    # the poster leads to three steps, nothing is ticked before, and the gift comes before the page is closed
    page.goto(f"{web.url}/join/{shop.store.code}")
    page.fill("#phone", PHONE)
    page.fill("#name", "Lê Ngọc Mai")
    page.click("main button.btn-primary")
    first = type_the_code(page)
    page.wait_for_selector("text=Bạn đồng ý những gì?")
    assert page.locator("main input:checked").count() == 0
    page.check("input[name=programme]")
    page.check("input[name=terms]")
    page.click("main button.btn-primary")
    page.wait_for_selector("text=Quà chào mừng đã ở trong thẻ của bạn", timeout=20_000)
    assert page.locator(".portal-voucher").count() == 1

    # the card: a code that a till can read, which turns by itself
    page.click("text=Mở thẻ của tôi")
    page.click(".dock >> text=Mã QR")
    page.wait_for_selector(".portal-qr svg")
    page.click("text=Đọc số")
    mai = Member.objects.get(identifiers__value=E164)
    card = Identifier.objects.get(member=mai, kind="card").value
    assert card in page.inner_text(".portal-digits").replace(" ", "")

    # a bill at the counter: the points stand there with their reason
    shop.at = clock.now()
    shop.sell(shop.bill(185_000, receipt="HD-00123"), mai)
    page.click(".dock >> text=Lịch sử")
    line = page.inner_text(".portal-line")
    assert "+18" in line and "HD-00123" in line and "mỗi 10.000" in line

    # the net is gone: the card is there all the same
    page.goto(f"{web.url}/me/")
    until(lambda: page.evaluate(KEPT))
    until(lambda: page.evaluate("navigator.serviceWorker.controller !== null"))
    before_offline = list(troubles)
    context.set_offline(True)
    page.goto(f"{web.url}/me/card")
    kept = page.inner_text("main")
    assert card in kept.replace(" ", "") and "18\u00a0điểm" in kept and "theo lần xem lúc" in kept
    assert page.locator(".portal-bars").count() == 1
    context.set_offline(False)
    assert not before_offline, before_offline

    # signed out, nothing of it is left in the browser; signed in again by a code
    page.goto(f"{web.url}/me/you")
    page.click("text=Đăng xuất >> nth=0")
    page.wait_for_selector("#phone")
    until(lambda: not page.evaluate("caches.has('card')"))
    page.fill("#phone", PHONE)
    page.click("main button.btn-primary")
    page.wait_for_selector("#code")
    type_the_code(page, after=first)
    page.wait_for_selector(".portal-card")
    assert "18" in page.inner_text(".portal-card-points")


def test_the_first_screen_is_light_and_has_no_trouble_at_any_width(browser, shop, web):
    lan = shop.member("Nguyễn Thị Lan", phone=PHONE)
    for _ in range(5):
        shop.sell(shop.bill(185_000), lan)
    page = browser(width=AN_OLD_TELEPHONE, height=844).new_page()
    troubles = watched(page)
    way_in = bytes_of(page, f"{web.url}/me/sign-in")
    page.fill("#phone", PHONE)
    page.click("main button.btn-primary")
    page.wait_for_selector("#code")
    type_the_code(page)
    page.wait_for_selector(".portal-card")
    first_screen = bytes_of(page, f"{web.url}/me/")
    assert 10_000 < way_in < FIRST_SCREEN, way_in
    assert 10_000 < first_screen < FIRST_SCREEN, first_screen
    for width in (AN_OLD_TELEPHONE, 820, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        for address in ("", "card", "points", "vouchers", "inbox", "you", "profile", "consents", "help"):
            page.goto(f"{web.url}/me/{address}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
    assert not troubles, troubles
