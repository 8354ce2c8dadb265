"""The shop of the dashboard's tests, seen from every door."""

from tests.dashboard.conftest import lan, passwords_are_hashed_quickly, shop, signed_in, staff, till
from tests.dashboard.test_who_opens_what import addresses
from tests.doors.world import world

__all__ = ["addresses", "lan", "passwords_are_hashed_quickly", "shop", "signed_in", "staff", "till", "world"]
