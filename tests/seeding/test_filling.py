"""Writing the demo: a cut-off start is taken up again, and a shop of somebody's own is left alone."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from dashboard.seeding import filling
from dashboard.seeding.counter import Counter
from dashboard.seeding.progress import Progress
from loyalty.models import Purchase
from members import joining
from members.models import Member
from tests.conftest import ENGINES
from tests.running import ShopDatabase
from tests.seeding import audit

ENDS = datetime(2026, 3, 20, 10, 30, tzinfo=UTC)


def _fill(*, at: datetime = ENDS, seed: int = 3) -> filling.Filled:
    return filling.fill(members=60, months=3, seed=seed, at=at)


def test_a_start_that_was_killed_half_way_ends_as_one_run(
    shop_db: ShopDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell = Counter._sell
    sold: list[int] = []

    def _killed(counter: Counter, number: int) -> None:
        if len(sold) == 25:
            raise KeyboardInterrupt
        sold.append(number)
        sell(counter, number)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Counter, "_sell", _killed)
        _fill()
    assert filling.missing()
    _fill(at=ENDS + timedelta(hours=5))

    taken_up = audit.everything()
    assert not filling.missing()
    assert audit.broken() == []
    with ENGINES.copy(f"{shop_db.name}_in_one_go"):
        _fill()
        assert audit.everything() == taken_up


def test_a_shop_with_members_of_its_own_is_left_alone(shop_db: ShopDatabase) -> None:
    joining.join(name="Lan", phone="0951234567", joined_via="counter", by="system", at=ENDS)

    assert not filling.missing()
    with pytest.raises(CommandError):
        call_command("seed_demo", members=10, months=2)
    assert Member.objects.count() == 1
    assert Purchase.objects.count() == 0


def test_a_demo_of_other_numbers_is_not_mixed_in(shop_db: ShopDatabase) -> None:
    _fill()
    bills = Purchase.objects.count()

    with pytest.raises(filling.OtherDemo):
        _fill(seed=4)
    assert Purchase.objects.count() == bills


class _Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_one_plain_line_where_there_is_no_terminal() -> None:
    out = io.StringIO()
    bar = Progress("Writing", out=out)
    for share in (0.0, 0.004, 0.31, 0.32, 0.9):
        bar.show(share)
    bar.done()

    assert out.getvalue() == "Writing: 0 10 20 30 40 50 60 70 80 90 100 %\n"


def test_progress_is_drawn_over_on_a_terminal() -> None:
    out = _Screen()
    bar = Progress("Writing", out=out)
    bar.show(0.5)
    bar.done()

    assert out.getvalue().count("\n") == 1
    assert out.getvalue().count("\r") == 2
    assert "100 %" in out.getvalue()
