"""A real Chromium in front of a real web server. Skipped, with a word why, where no Chromium is."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

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
    """`browser(width=390, dark=True)`: a fresh person's browser."""
    if CHROMIUM is None:
        pytest.skip("No Chromium on this machine: the pages were not opened in a browser.")
    # Playwright runs a loop in this thread; the tests ask the database from the same thread, between its steps.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)

        def fresh(
            *, width: int = 1280, height: int = 800, dark: bool = False, language: str = "en-US"
        ) -> BrowserContext:
            return chromium.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                locale=language,
                timezone_id="Asia/Ho_Chi_Minh",
            )

        yield fresh
        chromium.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
