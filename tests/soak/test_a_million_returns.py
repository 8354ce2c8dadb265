"""`make soak`: a million random bills split, awarded under bonus rules, limits and caps, and returned in steps.

SEED=… repeats a run of CASES=… cases.
"""

import os
import random
from datetime import UTC, datetime, timedelta

import pytest

from loyalty import splitting
from loyalty.models import ExpiryPolicy
from loyalty.rules import ends
from loyalty.till import local_zone
from tests.properties import bills

CASES = int(os.environ.get("CASES", "1000000"))
SEED = int(os.environ.get("SEED", "20261121"))


@pytest.mark.soak
def test_every_split_of_returns_is_the_whole_return() -> None:
    for case in range(CASES):
        seed = SEED + case
        dice = random.Random(seed)
        try:
            bills.return_in_steps(bills.sold(dice.randint), dice.randint)
        except AssertionError as error:
            raise AssertionError(f"SEED={seed} CASES=1") from error


@pytest.mark.soak
def test_every_split_loses_nothing() -> None:
    for case in range(CASES):
        dice = random.Random(SEED + case)
        amount = dice.randint(0, 10**11)
        weights = [dice.randint(0, 10 ** dice.randint(0, 9)) for _ in range(dice.randint(1, 12))]
        parts = splitting.by_largest_remainder(amount, weights)
        assert sum(parts) == amount, f"SEED={SEED + case} CASES=1"
        whole = sum(weights)
        fair = all(abs(p * whole - amount * w) < whole for p, w in zip(parts, weights, strict=True))
        assert fair or not whole, f"SEED={SEED + case} CASES=1"


@pytest.mark.soak
def test_every_lot_ends_at_a_local_midnight_after_its_months() -> None:
    start = datetime(2015, 1, 1, tzinfo=UTC)
    for case in range(CASES // 10):
        dice = random.Random(SEED + case)
        months = dice.randint(1, 60)
        moment = start + timedelta(seconds=dice.randint(0, 20 * 365 * 86_400))
        end = ends.end(ExpiryPolicy(months=months), moment=moment, zone=local_zone())
        assert end is not None
        local, begun = end.astimezone(local_zone()), moment.astimezone(local_zone())
        assert (local.hour, local.minute, local.second) == (0, 0, 0)
        last_day = (local - timedelta(seconds=1)).date()
        assert (last_day.year * 12 + last_day.month) - (begun.year * 12 + begun.month) == months
        assert last_day.day == begun.day or last_day.day < begun.day and (last_day + timedelta(days=1)).day == 1
