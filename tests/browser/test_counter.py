"""Minh the cashier serves Lan: by keyboard alone, by camera, and after a break."""

import json
from pathlib import Path

import numpy as np
import segno
from django.conf import settings
from playwright.sync_api import Page, expect

from events import clock as clocks
from loyalty import queries
from loyalty.models import Purchase
from members import finding, qr
from tests.browser.test_campaigns import PICTURES, picture
from tests.browser.test_dashboard import watched
from tests.browser.till import LAN
from tests.counter.conftest import PIN
from tests.rewards.wallets import give


def test_enrol_earn_and_spend_by_keyboard_alone(browser, place):
    context = browser()
    page, hands = place.serve(context)
    troubles = watched(page)

    hands.type(LAN)
    hands.press("Enter")
    expect(page.get_by_text("Chưa có thành viên với số này.")).to_be_visible()
    expect(page.get_by_role("button", name="Thêm thành viên")).to_be_focused()
    hands.press("Enter")
    expect(page.locator("#name")).to_be_focused()
    assert page.locator("#phone").input_value() == LAN
    assert page.locator("input[name=consent]:checked").count() == 0
    hands.type("Nguyễn Thị Lan")
    hands.press("Tab", "Tab", "Space", "Enter")
    expect(page.locator("#amount")).to_be_focused()
    lan = finding.by_phone(LAN)
    give(place.shop, lan)
    expect(page.get_by_text("Quà chào mừng đã có")).to_be_visible(timeout=10_000)

    hands.type("185k")
    expect(page.locator("#preview")).to_contain_text("+18")
    hands.press("Enter")
    expect(page.locator(".sold")).to_contain_text("+18")
    assert page.evaluate("document.documentElement.dataset.heard") == "good"
    expect(page.locator("#q")).to_be_focused()

    # from a typed number to points given: two keys, with the amount typed behind it
    hands.presses = 0
    hands.type(f"{LAN} 1tr2")
    hands.press("Enter")
    expect(page.locator("#preview")).to_contain_text("+120")
    expect(page.locator("#amount")).to_be_focused()
    hands.press("Enter")
    expect(page.locator(".sold")).to_contain_text("+120")
    assert hands.presses <= 4
    assert queries.balance(lan.pk, at=clocks.now()).available == 138

    # more than a little: the customer's own code, as a scanner types it
    hands.presses = 0
    hands.type(f"{LAN} 200k")
    hands.press("Enter")
    expect(page.locator("#spend")).to_be_visible()
    expect(page.locator("#amount")).to_be_focused()
    hands.press("F4")
    expect(page.locator("#preview")).to_contain_text("131.000")
    hands.press("Enter")
    expect(page.locator("#shown")).to_be_focused()
    hands.type(qr.text(lan, clocks.now()))
    hands.press("Enter")
    expect(page.locator(".sold")).to_contain_text("131.000")
    assert hands.presses <= 4
    spent = Purchase.objects.get(spent__gt=0)
    assert (spent.spent, spent.due) == (138, 131_000)

    # and taken back
    # what came in just now hears a key once it has settled, some milliseconds later: sooner than hands are
    expect(page.locator(".htmx-added, .htmx-settling, .htmx-swapping")).to_have_count(0)
    page.locator(".sold [hx-post*=cancel]").focus()
    hands.press("Enter")
    expect(page.get_by_text("Đã hủy hóa đơn")).to_be_visible()
    assert queries.balance(lan.pk, at=clocks.now()).available == 138
    hands.press("F8")
    expect(page.get_by_text("Hóa đơn hôm nay của tôi")).to_be_visible()
    hands.press("Escape")
    expect(page.locator("#q")).to_be_focused()
    # the two refusals were answers (404 of nobody, 422 of the proof), not troubles of the page
    assert not [one for one in troubles if "422" not in one]


def test_the_customers_code_is_read_by_the_camera(browser, place, tmp_path):
    lan = place.shop.member("Nguyễn Thị Lan", phone=LAN)
    film(tmp_path / "code.y4m", qr.text(lan, clocks.now()))
    page, _hands = place.serve(browser(width=390, height=844, camera=tmp_path / "code.y4m"))
    troubles = watched(page)
    page.locator("#search [data-do=scan]").click()
    expect(page.locator("[data-member]")).to_contain_text("Nguyễn Thị Lan", timeout=20_000)
    expect(page.locator("#camera")).to_be_hidden()
    assert page.locator("input[name=proof]").input_value() != ""
    assert page.evaluate("document.getElementById('camera-picture').srcObject") is None
    assert not troubles


def film(file: Path, text: str) -> None:
    """A still of a QR code, as a camera would see it."""
    rows = np.array([[255 * (1 - cell) for cell in row] for row in segno.make_qr(text).matrix], dtype=np.uint8)
    code = np.kron(np.pad(rows, 4, constant_values=255), np.ones((8, 8), dtype=np.uint8))
    luma = np.full((480, 640), 235, dtype=np.uint8)
    top, left = (480 - code.shape[0]) // 2, (640 - code.shape[1]) // 2
    luma[top : top + code.shape[0], left : left + code.shape[1]] = code
    frame = b"FRAME\n" + luma.tobytes() + bytes([128]) * (320 * 240 * 2)
    file.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + frame * 10)


def test_the_curtain_falls_after_idle_minutes_and_keeps_the_half_typed_bill(browser, place, clock):
    place.shop.member("Nguyễn Thị Lan", phone=LAN)
    page, hands = place.serve(browser())
    hands.type(LAN)
    hands.press("Enter")
    expect(page.locator("#amount")).to_be_focused()
    hands.type("18")
    clock.forward(minutes=6)
    hands.type("5k")
    expect(page.locator("#lock")).to_be_visible()
    hands.press("Escape")
    expect(page.locator("#lock")).to_be_visible()
    picture(page, "counter_locked", 1280, False)
    page.locator("#lock [name=pin]").focus()
    hands.type("0001")
    hands.press("Enter")
    expect(page.locator("#lock")).to_contain_text("Mã PIN chưa đúng.")
    page.locator("#lock [name=pin]").fill(PIN)
    hands.press("Enter")
    expect(page.locator("#lock")).to_be_hidden(timeout=15_000)
    assert page.locator("#amount").input_value() == "185k"
    page.locator("#amount").press("Enter")
    expect(page.locator(".sold")).to_contain_text("+18")


def test_amounts_are_read_alike_with_and_without_a_network(browser, place):
    """The table that binds the reader of the server binds that of the browser."""
    table = json.loads((Path(settings.BASE_DIR) / "tests/counter/amounts.json").read_text())
    page = place.stand(browser())
    source = (Path(settings.BASE_DIR) / "assets/counter/amounts.js").read_text()
    page.route("**/amounts.js", lambda route: route.fulfill(body=source, content_type="text/javascript"))
    read = page.evaluate(
        "async (texts) => { const { read } = await import('/counter/amounts.js'); return texts.map(read); }",
        [*table["read"], *table["unclear"]],
    )
    meant = [{"amount": amount} for amount in table["read"].values()]
    unclear = [{"either": either} if either else {} for either in table["unclear"].values()]
    assert dict(zip([*table["read"], *table["unclear"]], read, strict=True)) == dict(
        zip([*table["read"], *table["unclear"]], [*meant, *unclear], strict=True)
    )


SCREENS = ((390, 844), (820, 1180), (1440, 900))


def test_every_page_fits_every_screen_in_both_languages(browser, place):
    lan = place.shop.member("Nguyễn Hoàng Phương Lan Anh Công Tằng Tôn Nữ", phone=LAN, gender="female")
    place.shop.member("Trần Ngọc Lan", phone="0987654321")
    place.shop.sell(place.shop.bill(1_850_000), lan)
    give(place.shop, lan, amount=20_000)
    give(place.shop, lan, amount=50_000, minimum_basket=5_000_000)
    context = browser()
    page, _hands = place.serve(context)
    troubles = watched(page)
    for (width, height), dark, language in zip(
        SCREENS * 2, (False, True) * 3, ["vi", "vi", "en", "en", "en", "vi"], strict=True
    ):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        context.add_cookies([{"name": "django_language", "value": language, "url": place.url}])
        for name in walk(page, place.url, lan):
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"
            assert page.evaluate("document.documentElement.lang") == language
            picture(page, f"counter_{name}_{language}", width, dark)
    # whoever takes pictures adds a style of their own, which the policy tells
    assert PICTURES or not [one for one in troubles if "422" not in one]


def walk(page: Page, url: str, lan):
    """Every state of the page, one after the other."""

    def find(text: str, wanted: str) -> None:
        page.goto(f"{url}/counter/")
        page.fill("#q", text)
        page.press("#q", "Enter")
        page.wait_for_selector(wanted)

    page.goto(f"{url}/counter/")
    yield "start"
    page.click("#menu summary")
    yield "menu"
    find("lan", "[data-arrows]")
    yield "several"
    find("0900123456 185k", "#preview [data-spendable]")
    yield "guest"
    find(f"{LAN} 185k", "#preview [data-spendable]")
    yield "member"
    page.fill("#points", "10")
    page.wait_for_selector("#preview [data-points='10']")
    yield "spending"
    page.press("#amount", "Enter")
    page.wait_for_selector(".sold")
    yield "sold"
    page.goto(f"{url}/counter/today")
    yield "today"
    page.goto(f"{url}/counter/enrol?phone=0900123456")
    yield "enrol"
    page.goto(f"{url}/counter/pin")
    yield "pin"
    page.goto(f"{url}/counter/offline")
    yield "offline"
    practise(page, url)
    page.wait_for_selector(".practice-frame")
    yield "practice"
    practise(page, url)
    page.wait_for_selector(".practice-frame", state="detached")


def practise(page: Page, url: str) -> None:
    page.goto(f"{url}/counter/")
    page.click("#menu summary")
    page.click("form[action$=practice] button")
