"""The till in a browser: who stands at it, and what a cashier presses."""

from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page, expect

from counter.desk import DEVICE_COOKIE
from tests.counter.conftest import PIN
from tests.factories.shop import Shop

LAN = "0912345678"


@dataclass
class Hands:
    """A cashier who never touches the mouse: what is typed is typed, every other key is counted."""

    page: Page
    presses: int = 0

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.presses += 1
            self.page.keyboard.press(key)


@dataclass
class Place:
    """The shop, its device and who works there."""

    shop: Shop
    token: str
    url: str

    def stand(self, context: BrowserContext) -> Page:
        """A page at the enrolled device, before anybody's PIN."""
        context.add_cookies(
            [
                {"name": DEVICE_COOKIE, "value": self.token, "url": f"{self.url}/counter/", "httpOnly": True},
                {"name": "django_language", "value": "vi", "url": self.url},
            ]
        )
        page = context.new_page()
        page.goto(f"{self.url}/counter/")
        return page

    def serve(self, context: BrowserContext) -> tuple[Page, Hands]:
        """Minh has opened the counter."""
        page = self.stand(context)
        page.locator("#pin").focus()
        hands = Hands(page)
        hands.type(PIN)
        hands.press("Enter")
        expect(page.locator("#q")).to_be_focused()
        hands.presses = 0
        return page, hands
