"""Campaigns and the page behind a message's link, on a desktop and on a phone."""

import os
from pathlib import Path

import pytest
from django.conf import settings

from campaigns import unsubscribing
from campaigns.models import Campaign, CampaignStep, FakeMessage, Turn
from dashboard import demo
from dashboard.running import translating
from events import clock
from members import consenting
from tests.browser.test_dashboard import sign_in, watched
from tests.campaigns.conftest import Marketing, behave

SCREENS = ((1280, False, "vi"), (390, True, "en"), (390, False, "vi"))
# where to keep pictures for somebody who wants to look
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def shop(shop_db) -> Marketing:
    """Campaigns in which something of everything happened."""
    translating.compile_all(Path(settings.BASE_DIR) / "locale")
    shop = Marketing(at=clock.now())
    for n in range(12):
        lan = shop.reachable(consents=("any",) if n % 3 else ())
        shop.hear(lan)
        shop.bought(lan, days_ago=61)
    shop.night()
    behave("email", "lost")
    first = Turn.objects.order_by("id").first()
    Turn.objects.exclude(pk=first.pk).update(claimed_until=None)
    shop.dispatch()
    behave("email", "well")
    shop.to(9, 30, days=1)
    shop.dispatch()
    return shop


def picture(page, name: str, width: int, dark: bool) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}_{width}_{'dark' if dark else 'light'}.png", full_page=True)


def test_every_page_of_campaigns_fits_the_screen_without_an_error(browser, web, shop):
    context = browser()
    page = context.new_page()
    troubles = watched(page)
    sign_in(page, web.url, demo.create_sign_ins(at=shop.at)["admin"])
    step = CampaignStep.objects.get(campaign__key="winback", position=2)
    pages = {
        "campaigns": "/admin/campaigns/campaign/",
        "campaign": f"/admin/campaigns/campaign/{Campaign.objects.get(key='winback').pk}/change/",
        "step": f"/admin/campaigns/campaignstep/{step.pk}/change/",
        "preview": f"/admin/campaigns/campaignstep/{step.pk}/preview/",
        "turns": "/admin/campaigns/turn/",
        "turn": f"/admin/campaigns/turn/{Turn.objects.filter(state='skipped').first().pk}/change/",
        "limits": "/admin/campaigns/sendingpolicy/1/change/",
        "suppressions": "/admin/campaigns/suppression/",
        "suppress": "/admin/campaigns/suppression/add/",
        "sent": "/admin/campaigns/fakemessage/",
        "letter": f"/admin/campaigns/fakemessage/{FakeMessage.objects.first().pk}/change/",
        "channels": "/admin/campaigns/fakebehaviour/",
    }
    for width, dark, language in SCREENS:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme="dark" if dark else "light")
        context.add_cookies([{"name": "django_language", "value": language, "url": web.url}])
        for name, path in pages.items():
            page.goto(f"{web.url}{path}", wait_until="networkidle")
            picture(page, name, width, dark)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"
            assert page.evaluate("document.documentElement.lang") == language
    assert not troubles


def test_a_member_refuses_advertising_with_one_button(browser, web, shop):
    for n, (width, dark, _language) in enumerate(SCREENS):
        locale = "en" if dark else "vi"
        shop.at = clock.now()
        lan = shop.reachable("Nguyễn Thị Lan", locale=locale)
        link = f"{web.url}/u/{unsubscribing.token(member_id=lan.pk, channel='email', at=clock.now())}"
        page = browser(width=width, dark=dark).new_page()
        troubles = watched(page)
        page.goto(link)
        assert page.evaluate("document.documentElement.lang") == locale
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        picture(page, "refuse", width, dark)
        assert consenting.allows_advertising(member=lan, channel="email", at=clock.now())
        page.click("button")
        page.wait_for_selector("text=Advertising refused" if dark else "text=Đã từ chối nhận tin")
        picture(page, "refused", width, dark)
        assert not consenting.allows_advertising(member=lan, channel="email", at=clock.now())
        assert not troubles, n
