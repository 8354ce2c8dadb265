"""kill -9 after any statement of a night, a rebuild or a delivery, then again: the same rows as without."""

import os
import signal
from collections.abc import Callable

import pytest
from django.db import connection, connections

from analytics import nightly, rebuilding
from analytics.models import RevenueMonth
from events import delivering
from events.models import Delivery
from loyalty import auditing
from tests.analytics import test_nightly
from tests.analytics.life import Life, deliver, rollups
from tests.running import ShopDatabase


def killed_after(statements: int, work: Callable[[], object]) -> bool:
    """Do the work in a process that is killed after so many statements; False when it came to its end before."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        left = [statements]

        def counting(execute, sql, params, many, context):
            answer = execute(sql, params, many, context)
            left[0] -= 1
            if left[0] <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        try:
            with connection.execute_wrapper(counting):
                work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


@pytest.fixture
def life(shop_db: ShopDatabase) -> Life:
    life = Life(41)
    life.go_on(50)
    deliver(life.shop, share=0.7)
    return life


def figures() -> list[tuple]:
    months = RevenueMonth.objects.order_by("month").values_list("month", "as_of", *test_nightly.REVENUE)
    return [*test_nightly.RetentionNight.objects.values_list("date", *test_nightly.COUNTS), *months]


def test_a_night_killed_after_any_statement(life: Life) -> None:
    day = test_nightly.yesterday(life.shop)

    def night() -> None:
        nightly.count_retention(date=day, at=life.shop.at)
        nightly.count_revenue(date=day, at=life.shop.at)

    def forget() -> None:
        test_nightly.RetentionNight.objects.all().delete()
        RevenueMonth.objects.update(as_of=None, new_revenue=0, repeat_revenue=0, guest_revenue=0, counting=False)

    night()
    expected = figures()
    assert len(expected) > 3
    deaths = 0
    while True:
        forget()
        if not killed_after(deaths + 1, night):
            break
        deaths += 1
        night()
        assert figures() == expected, deaths
    assert deaths > 15


def test_a_rebuild_killed_after_any_statement_leaves_what_stood_there(life: Life) -> None:
    before = rollups()
    deaths = 0
    while killed_after(deaths + 1, rebuilding.rebuild):
        deaths += 1
        assert rollups() == before
    assert deaths > 8
    deliver(life.shop)
    rebuilt = rollups()
    rebuilding.rebuild()
    assert rollups() == rebuilt


def test_deliveries_killed_after_any_statement_move_the_rollups_once(life: Life) -> None:
    deaths = 0
    for id in Delivery.objects.filter(state="open", reader="analytics.absorbing.absorb").values_list("id", flat=True):
        statements = 1
        while killed_after(statements, lambda id=id: delivering.deliver(id=id, at=life.shop.at)):
            statements += 1
            deaths += 1
    assert deaths > 60
    assert not Delivery.objects.filter(state="open", reader="analytics.absorbing.absorb").exists()
    absorbed = rollups()
    rebuilding.rebuild()
    assert rollups() == absorbed
    assert [found.invariant.sentence for found in auditing.run() if not found.ok] == []
