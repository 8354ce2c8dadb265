"""The tests' engines and processes.

`pytest` starts a PostgreSQL 18 and a Valkey of its own (shared by all xdist workers, ended with the run), migrates one
template database, and gives each process a copy. Choose by what a test does:

- `db` (pytest-django's own): everything the test writes is rolled back. For most tests.
- `shop_db`: a fresh database of its own. For tests that commit, race, or run several connections or processes.
- `web`, `worker`, `relay`, `beat`: the real processes on `shop_db`; they imply it.
- `clock`: moves the clock of all processes together.

Nothing is ever flushed: purchases and entries refuse it.
"""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from loyalty.engines.children import Child
from tests.running import Clock, Engines, Processes, ShopDatabase, Web

THIS_PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "main")
ENGINES = Engines.found_or_new()
ENGINES.set_environment(process=THIS_PROCESS)
# Before any other conftest is read, so that it may import models at its top.
django.setup()
# Not handed on to xdist workers: with it, pytest-django would read settings there before this file has said which
# Valkey and which clock are theirs.
del os.environ["DJANGO_SETTINGS_MODULE"]

from django.core.cache import cache  # noqa: E402

from api import access  # noqa: E402
from loyalty import policies  # noqa: E402
from loyalty.look import brand  # noqa: E402

_numbers = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    if ENGINES.ours and not config.option.collectonly and not _reads_only_the_tree(config):
        ENGINES.start()


def pytest_unconfigure() -> None:
    if ENGINES.ours:
        ENGINES.stop()


def _reads_only_the_tree(config: pytest.Config) -> bool:
    """The rules of the house, asked alone (`make check`), need no engine."""
    house = Path(__file__).parent / "house"
    return all(Path(asked.partition("::")[0]).resolve().is_relative_to(house) for asked in config.args)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long matrices run with FULL=1. Slow tests come first: they wait much, and the quick ones fill that time."""
    items.sort(key=lambda item: "slow" not in item.keywords)
    if os.environ.get("FULL", "0") != "1":
        for item in items:
            if "full" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="FULL=1 runs it"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Instead of pytest-django's test database: a copy of the migrated template for this process."""
    with django_db_blocker.unblock(), ENGINES.copy(f"rolled_back_{THIS_PROCESS}"):
        yield


@pytest.fixture(autouse=True)
def _nothing_remembered(request: pytest.FixtureRequest) -> None:
    """What is remembered of policies, keys and wrong guesses belongs to the database of the test before."""
    if not _reads_only_the_tree(request.config):
        cache.clear()
    policies.forget()
    brand.forget()
    access.forget()


@pytest.fixture
def shop_db(
    request: pytest.FixtureRequest,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[ShopDatabase]:
    """A fresh migrated database that this test alone uses and may commit to; Django's connections point to it."""
    if {"db", "transactional_db"} & set(request.fixturenames):
        raise pytest.UsageError("shop_db and db exclude each other: db would roll back in another database.")
    with django_db_blocker.unblock(), ENGINES.copy(f"shop_{THIS_PROCESS}_{next(_numbers)}") as shop:
        yield shop


@pytest.fixture
def clock() -> Iterator[Clock]:
    assert os.environ["CLOCK_FILE"] == settings.CLOCK_FILE, "the settings were read before the environment was set"
    clock = Clock(Path(settings.CLOCK_FILE))
    yield clock
    clock.back_to_now()


@pytest.fixture
def processes(shop_db: ShopDatabase, tmp_path: Path) -> Iterator[Processes]:
    """Starts any number of the platform's processes on `shop_db`; ends them with the test."""
    started = Processes(env=shop_db.env, logs=tmp_path)
    yield started
    started.stop()


@pytest.fixture
def web(processes: Processes) -> Web:
    """A real web server of one worker, which starts in half the time: `web.url`, `web.worker_pids()`."""
    return processes.web(workers=1)


@pytest.fixture
def worker(processes: Processes) -> Child:
    return processes.worker()


@pytest.fixture
def relay(processes: Processes) -> Child:
    return processes.relay()


@pytest.fixture
def beat(processes: Processes) -> Child:
    return processes.beat()
