"""A browser that visits page after page of a door, and notes what is wrong with each."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, Response, TimeoutError

from tests.browser import wicked
from tests.doors.places import Place

WIDTHS = (390, 820, 1440)
HEIGHT = 900
# Kept by the page itself, before any script of ours: what the content policy stopped.
WATCH = """
addEventListener("securitypolicyviolation", (event) => {
    (window.stopped ||= []).push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile ?? ""}`);
});
"""
SEEN = """() => ({
    stopped: window.stopped ?? [],
    ran: window.ran !== undefined,
    planted: document.querySelectorAll('img[src="x"], svg[onload]').length,
    text: document.body.innerText,
})"""
NARROW = "(width) => document.documentElement.scrollWidth <= width"
AXE = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]},
}
GRAVE = {"serious", "critical"}
# Nobody is on this page: it is there to be kept for when there is no network.
KEPT = {"counter:offline"}


@dataclass
class Findings:
    """What is wrong, page by page, and what was looked at."""

    pages: int = 0
    shown: set[tuple[int, str]] = field(default_factory=set)
    checks: int = 0
    wrong: list[str] = field(default_factory=list)

    def expect(self, right: bool, told: str) -> None:
        self.checks += 1
        if not right:
            self.wrong.append(told)


@dataclass
class Walker:
    """One person's browser: `client` comes in by the door, the browser takes its cookies."""

    context: BrowserContext
    client: Client
    url: str
    findings: Findings = field(default_factory=Findings)
    page: Page = field(init=False)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.add_init_script(WATCH)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.said.append(f"script: {error}"))
        self.page.on("console", lambda said: said.type == "error" and self.said.append(f"console: {said.text}"))
        self.page.on("dialog", self._dialog)

    def _dialog(self, dialog: Any) -> None:
        if dialog.type == "beforeunload":  # a form thinks that it was changed: leave it
            dialog.accept()
            return
        self.said.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, place: Place) -> Response:
        """The place stands in the browser as it was sent: by the server, or as what a button answered."""
        self.context.add_cookies(
            [{"name": name, "value": morsel.value, "url": self.url} for name, morsel in self.client.cookies.items()]
        )
        self.said.clear()
        address = f"{self.url}{place.path}"
        if place.answer is not None:
            sent = {
                "status": place.answer.status_code,
                "body": place.answer.content,
                "headers": dict(place.answer.items()),
            }
            self.page.route(address, lambda route: route.fulfill(**sent), times=1)
        response = self.page.goto(address, wait_until="load")
        assert response is not None, address
        return response

    def look(self, place: Place) -> Response:
        """Nothing of what people typed has run, and the policy had nothing to stop."""
        response = self.open(place)
        told, seen = f"{place}", self.page.evaluate(SEEN)
        expect = self.findings.expect
        self.findings.pages += 1
        expect(response.status == place.status, f"{told}: status {response.status}")
        expect(not seen["ran"] and not seen["planted"], f"{told}: something ran, or stands in the page")
        expect(not wicked.RAW.search(response.text()), f"{told}: mark-up of somebody's stands in the page")
        expect(wicked.EVALUATED not in seen["text"], f"{told}: a template was evaluated")
        expect(not seen["stopped"], f"{told}: the policy stopped {seen['stopped'][:2]}")
        noise = [said for said in self.said if f"the server responded with a status of {place.status}" not in said]
        expect(not noise, f"{told}: {noise[:2]}")
        headers, kept = response.headers, place.name in KEPT
        expect("default-src 'self'" in headers.get("content-security-policy", ""), f"{told}: no policy of content")
        expect(("no-store" in headers.get("cache-control", "")) is not kept, f"{told}: kept by a browser, or not")
        self.findings.shown |= {(number, told) for number in wicked.marks(response.text())}
        return response

    def picture(self, place: Place, *, door: str, language: str, dark: bool, folder: Path) -> None:
        """The whole page at each width, as people see it."""
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        self.open(place)
        name = re.sub(r"[^a-z0-9]+", "_", f"{door} {place}".lower()).strip("_")
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            path = folder / f"{name}-{width}-{language}-{'dark' if dark else 'light'}.png"
            self.page.screenshot(path=path, full_page=True)

    def measure(self, place: Place) -> None:
        """No page is wider than its window."""
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            with suppress(TimeoutError):  # charts are drawn anew first
                self.page.wait_for_function(NARROW, arg=width, timeout=2_000)
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            self.findings.expect(wide <= width, f"{place}: {wide} wide at {width}{self._widest(width, wide)}")

    def _widest(self, width: int, wide: int) -> str:
        if wide <= width:
            return ""
        return ", " + self.page.evaluate(
            """(width) => [...document.querySelectorAll("body *")]
                .filter((one) => one.getBoundingClientRect().right > width)
                .map((one) => `${one.tagName}.${one.className}`.slice(0, 60)).slice(-2).join(" | ")""",
            width,
        )

    def audit(self, place: Place) -> None:
        """axe-core finds nothing serious and nothing critical."""
        found = Axe().run(self.page, options=AXE).response["violations"]
        for rule in found:
            if rule["impact"] in GRAVE:
                nodes = [node["html"][:160] for node in rule["nodes"]][:3]
                self.findings.expect(False, f"{place}: {rule['id']} ({rule['impact']}) {nodes}")
        self.findings.expect(True, "")

    def language(self, language: str) -> None:
        self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = language


def pages(places: Iterator[Place]) -> Iterator[Place]:
    """Without what a script puts into a page."""
    return (place for place in places if not place.part)
