"""`make soak`: the ledger's machine for thousands of examples (EXAMPLES=…)."""

import os

import pytest

from tests.properties.test_ledger_machine import attack
from tests.running import ShopDatabase


@pytest.mark.soak
def test_the_ledger_stands_a_long_attack(shop_db: ShopDatabase) -> None:
    attack(examples=int(os.environ.get("EXAMPLES", "2000")))
