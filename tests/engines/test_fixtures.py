"""The engines and processes that every other test rests on."""

import os
import signal

import pytest
from django.db import connection

from loyalty.engines.children import Child, exists
from loyalty.models import Programme
from tests.running import Processes, ShopDatabase, wait_until


@pytest.mark.django_db
def test_the_server_is_postgresql_18_that_sorts_by_code_point() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, datlocprovider, datlocale FROM pg_database "
                       "WHERE datname = current_database()")  # fmt: skip
        version, provider, locale = cursor.fetchone()
    assert version >= 180000
    assert (provider, locale) == ("b", "C.UTF-8")


@pytest.mark.django_db
def test_what_a_test_writes_is_rolled_back() -> None:
    assert not Programme.objects.filter(name="left behind").exists()
    Programme.objects.update(name="left behind")


test_what_a_test_writes_is_rolled_back_in_the_next_too = test_what_a_test_writes_is_rolled_back


@pytest.mark.parametrize("turn", [1, 2])
def test_each_shop_database_is_fresh_though_tests_commit(shop_db: ShopDatabase, turn: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), to_regclass('left_behind')")
        assert cursor.fetchone() == (shop_db.name, None)
        cursor.execute("CREATE TABLE left_behind ()")


def test_a_killed_web_worker_is_replaced_and_the_server_goes_on(processes: Processes) -> None:
    web = processes.web(workers=2)
    before = web.worker_pids()
    assert len(before) >= 2
    os.kill(before[-1], signal.SIGKILL)
    wait_until(lambda: len(set(web.worker_pids()) - set(before)) >= 1, seconds=15, what="no new worker came")
    wait_until(web.answers, seconds=15, what="the server did not answer again")


def test_worker_and_beat_answer_and_end_with_the_test(processes: Processes) -> None:
    started: list[Child] = [processes.worker(), processes.beat()]
    assert all(exists(child.pid) for child in started)
    processes.stop()
    assert not any(exists(child.pid) for child in started)


def test_a_web_server_whose_every_worker_is_killed_again_and_again_comes_back(processes: Processes) -> None:
    web = processes.web()
    processes.keep_alive()
    for _ in range(2):
        wait_until(lambda: bool(web.worker_pids()), seconds=20, what="no worker came")
        for pid in web.worker_pids():
            os.kill(pid, signal.SIGKILL)
        wait_until(web.answers, seconds=30, what="the server did not come back")
