"""No address without a row in the access matrix (TRUST: roles), and no row without an address."""

from collections import Counter

from tests.doors.addresses import walk
from tests.doors.rows import accounts, api, brand, counter, dashboard, portal

ROWS = Counter([*api.ROWS, *brand.ROWS, *counter.ROWS, *portal.ROWS, *accounts.ROWS, *dashboard.PAGES, *dashboard.DOOR])
WHERE = "write who may open it in tests/doors/rows/<its door>.py"


def test_every_address_has_its_row_in_the_access_matrix():
    without = [f"{address.name} ({address.route})" for address in walk() if address.name not in ROWS]
    assert not without, f"{', '.join(without)}: {WHERE}"


def test_every_row_is_of_one_address():
    assert sorted(address.name for address in walk()) == sorted(ROWS.elements())
