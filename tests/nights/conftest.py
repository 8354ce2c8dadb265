from collections.abc import Iterator

import pytest
from django.db import connection

from tests import holding
from tests.nights import steps
from tests.running import Processes, ShopDatabase


@pytest.fixture
def house(shop_db: ShopDatabase, settings, tmp_path) -> Iterator[Processes]:
    """Processes with counting steps; leases are short, so that the tests are."""
    settings.NIGHTLY_STEPS = ["tests.nights.steps.first", "loyalty.expiry.book_due", "tests.nights.steps.last"]
    settings.JOB_KINDS = {**settings.JOB_KINDS, "count": "tests.nights.steps.chunk"}
    holding.install()
    with connection.cursor() as cursor:
        cursor.execute(steps.TABLES)
    ours = {
        "DJANGO_SETTINGS_MODULE": "tests.nights.counting_settings",
        "RELAY_LEASE_SECONDS": "2",
        "RELAY_POLL_MILLISECONDS": "50",
        "CATCH_UP_SECONDS": "1",
    }
    house = Processes(env={**shop_db.env, **ours}, logs=tmp_path)
    yield house
    house.stop()
