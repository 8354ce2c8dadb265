"""Hà the admin signs in as people do, and looks at the pages on a desktop and on a phone."""

from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from django.conf import settings
from playwright.sync_api import Page

from dashboard import demo
from dashboard.running import translating
from events import clock
from rewards import founding
from rewards.claiming import Named
from tests.factories.shop import Shop
from tests.rewards import wallets

PAGES = [
    "/admin/",
    "/admin/members/member/",
    "/admin/loyalty/purchase/",
    "/admin/loyalty/entryrow/",
    "/admin/loyalty/earningrule/add/",
    "/admin/rewards/voucher/",
    "/admin/rewards/voucherdefinition/",
    "/admin/rewards/voucherdefinition/add/?key=birthday",
    "/admin/loyalty/apikey/add/",
    "/admin/retention/",
    "/admin/settings/",
    "/accounts/2fa/",
]


@pytest.fixture
def sign_ins(shop_db):
    translating.compile_all(Path(settings.BASE_DIR) / "locale")
    shop = Shop(at=clock.now())
    lan = shop.member("Nguyễn Thị Lan", phone="0912 345 678")
    for days in range(1, 20):
        shop.sell(shop.bill(58_000 * days, occurred_at=shop.at - timedelta(days=days % 7, hours=1)), lan)
    founding.found(at=shop.at)
    gift = wallets.give(shop, lan)
    wallets.sell(shop, shop.bill(90_000), lan, Named(code=gift.code))
    return demo.create_sign_ins(at=shop.at) | {"lan": str(lan.pk), "gift": str(gift.id)}


def watched(page: Page) -> list[str]:
    """What goes wrong on a page: script errors, and whatever the content policy stopped."""
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    return troubles


def sign_in(page: Page, url: str, admin: dict[str, str]) -> None:
    page.goto(f"{url}/")
    page.fill("input[name=login]", admin["username"])
    page.fill("input[name=password]", admin["password"])
    page.click("form[action*=login] button[type=submit]")
    page.fill("input[name=code]", pyotp.TOTP(admin["totp_secret"]).now())
    page.click("form[action*=authenticate] button[type=submit]")
    page.wait_for_url(f"{url}/admin/")


def test_an_admin_signs_in_and_every_page_fits_the_screen_without_an_error(browser, web, sign_ins):
    context = browser()
    page = context.new_page()
    troubles = watched(page)
    sign_in(page, web.url, sign_ins["admin"])
    for width, dark, language in ((1280, False, "vi"), (390, True, "en"), (390, False, "vi")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme="dark" if dark else "light")
        context.add_cookies([{"name": "django_language", "value": language, "url": web.url}])
        lan, gift = f"/admin/members/member/{sign_ins['lan']}", f"/admin/rewards/voucher/{sign_ins['gift']}"
        for path in (*PAGES, f"{lan}/change/", f"{lan}/give_voucher/", f"{gift}/change/"):
            page.goto(f"{web.url}{path}", wait_until="networkidle")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
            assert page.evaluate("document.documentElement.lang") == language
    assert not troubles


def test_a_marketer_finds_lan_and_gives_points_with_a_reason(browser, web, sign_ins):
    page = browser().new_page()
    sign_in(page, web.url, sign_ins["marketer"])
    page.goto(f"{web.url}/admin/members/member/")
    page.fill("input[name=q]", "nguyen thi lan")
    page.press("input[name=q]", "Enter")
    page.click("text=Nguyễn Thị Lan")
    page.click("text=Cộng/trừ điểm")
    page.fill("input[name=points]", "50")
    page.fill("textarea[name=reason]", "quà xin lỗi")
    page.click("form button:has-text('Ghi')")
    page.wait_for_selector("text=Đã ghi +50 điểm")
    page.click("#tabs a[href*='tab=account']")
    page.wait_for_selector("text=quà xin lỗi")


def test_the_charts_are_drawn_and_have_their_table(browser, web, sign_ins):
    page = browser(width=1280).new_page()
    sign_in(page, web.url, sign_ins["admin"])
    page.wait_for_function("document.querySelectorAll('canvas.chart').length == 3 && !!window.Chart")
    assert page.evaluate("[...document.querySelectorAll('canvas.chart')].every(c => !!Chart.getChart(c))")
    page.click("summary")
    assert page.locator("details table tbody tr").count() == 30


def test_an_admin_adds_a_passkey_and_signs_in_with_nothing_else(browser, web, sign_ins):
    context = browser()
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    here = web.url.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, not to a number
    sign_in(page, here, sign_ins["admin"])
    page.goto(f"{here}/accounts/2fa/webauthn/add/")
    page.fill("input[name=password]", sign_ins["admin"]["password"])  # something this weighty asks again who it is
    page.press("input[name=password]", "Enter")
    page.fill("input[name=name]", "Máy của Hà")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "webauthn/add" not in url)

    context.clear_cookies()
    page.goto(f"{here}/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url(f"{here}/admin/")
