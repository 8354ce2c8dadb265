"""Dropped and rebuilt, the rollups are the same as absorbed; a rebuild in the middle of deliveries doubles nothing."""

import random
import threading
from contextlib import closing

import pytest
from django.core.management import call_command
from django.db import connection

from analytics import invariants, rebuilding
from analytics.models import Ahead, RevenueMonth, StoreDay
from events.models import Delivery
from loyalty import auditing
from tests.analytics.life import Life, deliver, rollups
from tests.factories.shop import Shop
from tests.running import Clock, Processes, ShopDatabase, wait_until


def broken() -> list[str]:
    return [found.invariant.sentence for found in auditing.run() if not found.ok]


@pytest.mark.parametrize("seed", range(10, 18))
def test_rebuilt_is_what_was_absorbed(db: None, seed: int) -> None:
    life = Life(seed)
    life.go_on(60)
    deliver(life.shop, chance=life.chance)
    absorbed = rollups()
    assert broken() == []

    assert rebuilding.rebuild() == len(absorbed["analytics_memberstate"])
    assert rollups() == absorbed
    assert rebuilding.rebuild() == len(absorbed["analytics_memberstate"])
    assert rollups() == absorbed
    assert broken() == []


@pytest.mark.parametrize("seed", range(20, 26))
def test_a_rebuild_between_deliveries_takes_each_bill_once(db: None, seed: int) -> None:
    life = Life(seed)
    life.go_on(30)
    deliver(life.shop, chance=life.chance, share=0.5)
    rebuilding.rebuild()
    assert Ahead.objects.exists()
    life.go_on(20)
    deliver(life.shop, chance=life.chance, share=0.5)
    rebuilding.rebuild()
    deliver(life.shop, chance=life.chance)

    absorbed = rollups()
    assert not Ahead.objects.exists()
    assert broken() == []
    rebuilding.rebuild()
    assert rollups() == absorbed


def test_the_command_rebuilds_and_asks_for_every_month_again(shop: Shop) -> None:
    shop.sell(shop.bill(58_000), shop.member())
    deliver(shop)
    RevenueMonth.objects.update(changed_on=None)
    StoreDay.objects.update(bills=77)
    call_command("rebuild_analytics")
    assert StoreDay.objects.get().bills == 1
    assert RevenueMonth.objects.get().as_of is not None


def test_the_audit_sees_a_figure_that_is_wrong_but_not_one_that_is_on_its_way(shop: Shop) -> None:
    shop.sell(shop.bill(58_000), shop.member())
    assert broken() == []
    deliver(shop)
    assert broken() == []
    StoreDay.objects.update(member_gross=58_001)
    assert broken() == [next(invariants.queries()).sentence]


def test_a_shop_that_was_there_before_its_figures_is_noticed(shop: Shop) -> None:
    assert not rebuilding.missing()
    shop.sell(shop.bill(58_000))
    assert rebuilding.missing()
    rebuilding.rebuild()
    assert not rebuilding.missing()


@pytest.mark.slow
def test_rebuilds_while_the_worker_delivers_and_the_till_sells(
    shop_db: ShopDatabase, processes: Processes, clock: Clock
) -> None:
    """Real processes: rebuilds come in between deliveries under way; in the end absorbed = rebuilt."""
    clock.forward(days=120)  # whatever the shop records is due
    processes.worker()
    processes.relay()
    life = Life(99)
    stop = threading.Event()
    failures: list[Exception] = []

    def keep_rebuilding() -> None:
        with closing(connection):
            while not stop.wait(random.random() / 20):
                try:
                    rebuilding.rebuild()
                except Exception as error:
                    failures.append(error)

    rebuilder = threading.Thread(target=keep_rebuilding)
    rebuilder.start()
    life.go_on(120)
    wait_until(lambda: not Delivery.objects.filter(state="open").exists(), seconds=90, what="not all was delivered")
    stop.set()
    rebuilder.join()

    assert failures == []
    assert not Delivery.objects.filter(state="dead").exists()
    absorbed = rollups()
    assert broken() == []
    rebuilding.rebuild()
    assert rollups() == absorbed
