"""A till does not notice that the database fell over; where it stays down nothing is written, and the till is told."""

import threading
import time
from collections.abc import Iterator

import psycopg2
import pytest
from django.db import DatabaseError, OperationalError, connection

from api import persisting, problems
from tests.api import bodies
from tests.api.conftest import NO_LIMITS, Shop, furnish
from tests.running import Processes, ShopDatabase


@pytest.fixture
def own_shop(shop_db: ShopDatabase, tmp_path) -> Iterator[Shop]:  # type: ignore[no-untyped-def]
    """A server of one worker, so that its connections are few and known."""
    shop = furnish("")
    started = Processes(env={**shop_db.env, **NO_LIMITS}, logs=tmp_path)
    try:
        shop.url = started.web(workers=1).url
        yield shop
    finally:
        started.stop()


def end_all_other_connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def test_a_connection_found_dead_is_replaced_and_the_sale_goes_through(own_shop: Shop) -> None:
    till = own_shop.till
    lan = till.post("/api/v1/members", bodies.enrolment(), key="lan").json()["id"]
    for _ in range(5):
        assert till.post("/api/v1/purchases", bodies.bill(10_000, member=lan)).status_code == 201
        assert end_all_other_connections() > 0
    for call in (
        lambda: till.post("/api/v1/purchases", bodies.bill(10_000, member=lan)),
        lambda: till.post("/api/v1/quotes", {k: v for k, v in bodies.bill().items() if k != "receipt"}),
        lambda: till.get(f"/api/v1/members/{lan}"),
        lambda: till.post("/api/v1/members", bodies.enrolment(), key="another"),
    ):
        end_all_other_connections()
        assert call().ok
    assert till.get(f"/api/v1/members/{lan}").json()["points"]["available"] == 6


def test_an_account_locked_for_long_is_a_503_and_nothing_is_written(own_shop: Shop) -> None:
    till = own_shop.till
    lan = till.post("/api/v1/members", bodies.enrolment(), key="lan").json()["id"]
    assert till.post("/api/v1/purchases", bodies.bill(10_000, member=lan)).status_code == 201
    holder = psycopg2.connect(**connection.get_connection_params() | {"options": ""})
    try:
        holder.cursor().execute("SELECT 1 FROM loyalty_account WHERE member_id = %s FOR UPDATE", [lan])
        bill = bodies.bill(20_000, member=lan)
        began = time.monotonic()
        answer = till.post("/api/v1/purchases", bill)
        took = time.monotonic() - began
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert int(answer.headers["Retry-After"]) >= 1
        assert took < 9, "the till waits ten seconds"
        assert till.get("/api/v1/purchases", receipt=bill["receipt"]).status_code == 404
        releasing = threading.Timer(1.0, holder.rollback)
        releasing.start()
        assert till.post("/api/v1/purchases", bill).status_code == 201, "a lock that is let go in time is waited for"
        releasing.join()
    finally:
        holder.close()


def test_a_database_that_stays_down_is_a_503(own_shop: Shop) -> None:
    till = own_shop.till
    assert till.get("/api/v1/purchases", receipt="x").status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        name = cursor.fetchone()[0]
    outside = psycopg2.connect(**{**connection.get_connection_params(), "dbname": "postgres"})
    outside.autocommit = True
    try:
        outside.cursor().execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        end_all_other_connections()
        began = time.monotonic()
        answer = till.post("/api/v1/purchases", bodies.bill())
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert time.monotonic() - began < 9
        assert till.send("GET", "/healthz").status_code == 200
        ready = till.send("GET", "/readyz")
        assert (ready.status_code, ready.json()["database"]) == (503, "down")
    finally:
        outside.cursor().execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        outside.close()
    assert till.post("/api/v1/purchases", bodies.bill()).status_code == 201


@pytest.mark.django_db
def test_no_new_try_begins_after_six_seconds() -> None:
    tries: list[float] = []

    def fails() -> None:
        tries.append(time.monotonic())
        raise OperationalError("gone")

    with pytest.raises(OperationalError):
        persisting.until_done(fails, started=time.monotonic())
    assert len(tries) == persisting.MOST_TRIES
    tries.clear()
    with pytest.raises(OperationalError):
        persisting.until_done(fails, started=time.monotonic() - persisting.NO_NEW_TRY_AFTER)
    assert len(tries) == 1


def _cut(state: str | None) -> DatabaseError:
    """What psycopg2 says when an answer breaks off (without an SQLSTATE), or when the database itself refuses."""
    cause = psycopg2.DatabaseError("error with status PGRES_TUPLES_OK and no message from the libpq")
    error = DatabaseError(*cause.args)
    error.__cause__ = cause if state is None else type("Refused", (Exception,), {"pgcode": state})()
    return error


@pytest.mark.django_db
def test_an_answer_that_broke_off_is_asked_for_again() -> None:
    answers = iter([_cut(None), "sold"])

    def command() -> object:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert persisting.until_done(command, started=time.monotonic()) == "sold"


def test_an_answer_that_broke_off_to_the_end_is_a_503_and_a_refusal_of_the_database_is_not() -> None:
    assert problems.of(_cut(None), request_id="r1").status == 503
    assert problems.of(_cut("LP001"), request_id="r1").status == 500
