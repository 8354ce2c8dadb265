"""A real Chromium in front of a real web server. Skipped, with a word why, where no Chromium is."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, sync_playwright

from dashboard.running import translating
from events import clock as clocks
from loyalty import devices
from members import roles
from tests.browser.till import Place
from tests.counter.conftest import hire
from tests.factories.shop import Shop

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def browser() -> Iterator[Callable[..., BrowserContext]]:
    """`browser(width=390, dark=True)`: a fresh person's browser. `camera`: a film (y4m) that its camera sees."""
    if CHROMIUM is None:
        pytest.skip("No Chromium on this machine: the pages were not opened in a browser.")
    # Playwright runs a loop in this thread; the tests ask the database from the same thread, between its steps.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)

        others = []

        def fresh(
            *,
            width: int = 1280,
            height: int = 800,
            dark: bool = False,
            language: str = "en-US",
            camera: Path | None = None,
            service_workers: str = "allow",
        ) -> BrowserContext:
            program = chromium
            if camera is not None:
                seen = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={camera}"]
                program = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *seen])
                others.append(program)
            return program.new_context(
                permissions=["camera"] if camera else [],
                service_workers=service_workers,
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                locale=language,
                timezone_id="Asia/Ho_Chi_Minh",
            )

        yield fresh
        for program in [*others, chromium]:
            program.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture
def place(shop_db, web) -> Place:
    translating.compile_all(Path(settings.BASE_DIR) / "locale")
    shop = Shop(at=clocks.now())
    hire("minh", roles.CASHIER, stores=[shop.store.pk])
    made = devices.create(store=shop.store, name="Quầy 1", by=None, at=shop.at)
    return Place(shop, made.token, web.url)
