"""Hà the admin gives the shop another colour, logo and word for a point: every door wears them at its next page."""

from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Page, expect

from counter.desk import DEVICE_COOKIE
from dashboard import demo
from dashboard.running import translating
from events import clock
from loyalty import devices
from loyalty.look import colours
from tests.browser.test_campaigns import picture
from tests.browser.test_dashboard import sign_in, watched
from tests.factories.shop import Shop

CHERRY = "#8b1e3f"
YELLOW = "#ffdd00"


@pytest.fixture
def door(shop_db):
    """A till that is enrolled, and the sign-ins of the staff."""
    translating.compile_all(Path(settings.BASE_DIR) / "locale")
    shop = Shop(at=clock.now())
    made = devices.create(store=shop.store, name="Quầy 1", by=None, at=shop.at)
    return {"device": made.token, **demo.create_sign_ins(at=shop.at)}


def rgb(colour: str) -> str:
    return f"rgb({', '.join(map(str, colours.channels(colour)))})"


def seen(page: Page, selector: str, what: str = "backgroundColor") -> str:
    return page.eval_on_selector(selector, f"(element) => getComputedStyle(element).{what}")


# every thing to tick and to press, drawn on the page's card; its colours as the browser paints them
PAINTED = """() => {
  const line = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const hex = (colour) => {
    line.fillStyle = colour;
    line.fillRect(0, 0, 1, 1);
    const parts = [...line.getImageData(0, 0, 1, 1).data].slice(0, 3);
    return "#" + parts.map((part) => part.toString(16).padStart(2, "0")).join("");
  };
  const card = document.createElement("div");
  card.className = "card";
  card.innerHTML = `<input type="checkbox" class="checkbox" checked><input type="radio" class="radio" checked>
    <input type="checkbox" class="toggle" checked><input type="checkbox" class="toggle">
    <a class="btn btn-primary">a</a><a class="btn btn-soft">a</a><a class="btn btn-link">a</a>`;
  card.querySelectorAll("*").forEach((one) => (one.style.transition = "none"));
  document.querySelector("main").append(card);
  const paper = hex(getComputedStyle(card).backgroundColor);
  const [tick, radio, on, off, ...buttons] = card.children;
  const style = getComputedStyle(tick);
  const seen = {
    tick: [decodeURIComponent(style.backgroundImage).match(/stroke='([^']+)'/)[1], hex(style.backgroundColor)],
    box: [hex(style.backgroundColor), paper],
    radio: [hex(getComputedStyle(radio).borderTopColor), hex(getComputedStyle(radio).backgroundColor)],
  };
  for (const [name, one] of Object.entries({ on, off })) {
    const under = hex(getComputedStyle(one).backgroundColor);
    seen[name] = [hex(getComputedStyle(one, "::before").backgroundColor), under];
    seen[`${name} on the card`] = [under, paper];
  }
  const written = buttons.map((one) => {
    const { color, backgroundColor } = getComputedStyle(one);
    return [hex(color), backgroundColor === "rgba(0, 0, 0, 0)" ? paper : hex(backgroundColor)];
  });
  card.remove();
  return { seen, written };
}"""


def all_can_be_told_apart(page: Page) -> None:
    painted = page.evaluate(PAINTED)
    for name, (one, other) in painted["seen"].items():
        whole = one if len(one) == 7 else "#" + "".join(2 * digit for digit in one[1:])
        assert colours.contrast(whole, other) >= colours.EDGE, f"{name}: {one} on {other}"
    for text, behind in painted["written"]:
        assert colours.contrast(text, behind) >= colours.TEXT, f"{text} on {behind}"


def change(page: Page, url: str, *, colour: str, logo: Path | None = None) -> None:
    page.goto(f"{url}/admin/brand/", wait_until="networkidle")
    page.fill("[name=name]", "Trà Xanh")
    page.fill("[name=colour]", colour)
    page.fill("[name=unit_vi]", "hạt")
    page.locator("[name=unit_vi]").blur()
    expect(page.locator("[name=unit_en]")).to_have_value("beans")
    if logo:
        page.set_input_files("[name=logo]", logo)
    preview = page.locator(".brand-card").first
    expect(preview).to_have_css("background-color", rgb(colour))
    expect(preview).to_contain_text("2.450 hạt")
    if logo:
        expect(preview.locator("img")).to_be_visible()


def save(page: Page) -> None:
    page.click("#brand-form button.bg-primary-600")
    page.wait_for_load_state("networkidle")
    expect(page.locator("body")).to_contain_text("Đã lưu")


# where nobody has signed in yet
OUTSIDE = ("/me/sign-in", "/counter/", "/nowhere/")


def test_another_colour_is_seen_at_each_door(browser, web, door, tmp_path):
    logo = tmp_path / "logo.png"
    Image.new("RGBA", (160, 64), (139, 30, 63, 255)).save(logo)
    staff = browser(width=1440, height=900)
    page = staff.new_page()
    troubles = watched(page)
    sign_in(page, web.url, door["admin"])

    change(page, web.url, colour=CHERRY, logo=logo)
    picture(page, "brand_typed", 1440, False)
    save(page)
    picture(page, "brand_saved", 1440, False)
    assert seen(page, "#brand-form button.bg-primary-600") == rgb(CHERRY)
    assert page.locator('img[src^="/brand/icon-192.png"]').count()

    people = browser(width=390, height=844, dark=False)
    people.add_cookies([{"name": DEVICE_COOKIE, "value": door["device"], "url": f"{web.url}/counter/"}])
    outside = people.new_page()
    troubles_outside = watched(outside)
    for path in OUTSIDE:
        outside.goto(f"{web.url}{path}", wait_until="networkidle")
        assert outside.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--shop')") == CHERRY
        assert outside.locator('img[src^="/brand/logo"]').first.evaluate("(image) => image.naturalWidth") == 160, path
        picture(outside, f"brand{path.replace('/', '_')}", 390, False)
    outside.goto(f"{web.url}/me/sign-in")
    assert seen(outside, "main .btn-primary") == rgb(CHERRY)
    assert seen(outside, "main .btn-primary", "color") == "rgb(255, 255, 255)"

    change(page, web.url, colour=YELLOW)
    save(page)
    outside.reload()
    assert seen(outside, "main .btn-primary") == rgb(YELLOW)
    assert seen(outside, "main .btn-primary", "color") == "rgb(0, 0, 0)"
    all_can_be_told_apart(outside)
    outside.emulate_media(color_scheme="dark")
    all_can_be_told_apart(outside)
    assert seen(outside, "body", "backgroundColor") != rgb(colours.DAY["page"])
    picture(outside, "brand_yellow", 390, True)
    for width in (820, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{web.url}/admin/brand/", wait_until="networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        picture(page, "brand", width, False)
    # the page that is not there says so in the console too
    assert not [said for said in troubles + troubles_outside if "404" not in said]
