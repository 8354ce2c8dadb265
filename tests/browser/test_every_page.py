"""Every page of the four doors in a browser, with the worst in every field that people fill."""

import os
from pathlib import Path

import pytest
from django.utils import translation

from events import clock as clocks
from loyalty import policies
from loyalty.look import brand
from loyalty.models import Store
from tests.browser import walking, wicked
from tests.browser.walking import Walker
from tests.dashboard.conftest import lan, passwords_are_hashed_quickly, shop, staff
from tests.dashboard.test_who_opens_what import addresses
from tests.doors.places import DOORS
from tests.doors.world import world
from tests.factories.shop import Shop

FULL = os.environ.get("FULL", "0") == "1"

__all__ = ["addresses", "lan", "passwords_are_hashed_quickly", "shop", "staff", "world"]


@pytest.fixture
def till(shop_db) -> Shop:
    till = Shop(at=clocks.now())
    Store.objects.filter(pk=till.store.pk).update(name="Cà phê Phố Quận 1")
    policies.change_programme(changes={"hotline": "+84 28 3822 1234 567"})
    return till


@pytest.fixture
def served(world, processes, settings):
    processes.env = {**processes.env, "IMPORT_DIR": settings.IMPORT_DIR}
    return processes.web(workers=2)


@pytest.mark.slow
@pytest.mark.parametrize("name", DOORS)
def test_nothing_typed_runs(browser, world, served, name):
    door = DOORS[name]
    columns = wicked.fill()
    policies.forget()
    brand.forget()
    walker = Walker(browser(width=1280, service_workers="block"), world.browser(door.who), served.url)
    walker.language("vi")
    for place in walking.pages(door.places(world, walker.client)):
        walker.look(place)
        if name != "dashboard" or FULL:  # its pages are many, and its frame is another's
            walker.measure(place)
            walker.audit(place)
    found = walker.findings
    seen = f"{len(found.shown)} fields on pages, {len(columns)} columns"
    print(f"{name}: {found.pages} pages, {found.checks} checks, {seen}")
    print(*found.wrong, sep="\n")
    assert found.wrong == []


@pytest.mark.skipif("SHOTS" not in os.environ, reason="SHOTS=folder takes a picture of every page")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", DOORS)
def test_pictures_of_every_page(browser, world, served, name, language, dark):
    door, folder = DOORS[name], Path(os.environ["SHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    walker = Walker(browser(width=1280, service_workers="block"), world.browser(door.who), served.url)
    walker.language(language)
    with translation.override(language):
        for place in walking.pages(door.places(world, walker.client)):
            walker.picture(place, door=name, language=language, dark=dark, folder=folder)
    assert any(folder.iterdir())
