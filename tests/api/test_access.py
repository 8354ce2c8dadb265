"""Keys that end, scopes, and fairness between tills."""

import contextlib
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from events import clock as shop_clock
from loyalty import keys
from tests.api import bodies
from tests.api.conftest import Shop, furnish
from tests.running import Clock, Processes, ShopDatabase


@contextlib.contextmanager
def served(database: ShopDatabase, logs: Path, **env: str) -> Iterator[Shop]:
    """A shop whose server has settings of its own."""
    shop = furnish("")
    started = Processes(env={**database.env, **env}, logs=logs)
    try:
        shop.url = started.web().url
        yield shop
    finally:
        started.stop()


def test_a_revoked_key_and_one_past_its_time_end(shop_db: ShopDatabase, tmp_path: Path, clock: Clock) -> None:
    with served(shop_db, tmp_path, API_KEY_CACHE_SECONDS="1") as shop:
        now = shop_clock.now()
        revoked, text = keys.create(store=shop.store, at=now)
        _, lapsing = keys.create(store=shop.store, at=now, expires_at=now + timedelta(hours=1))
        till = shop.till
        for till.key in (text, lapsing):
            assert till.get("/api/v1/purchases", receipt="x").status_code == 404

        revoked.revoked_at = now
        revoked.save(update_fields=["revoked_at"])
        till.key = text
        deadline = time.monotonic() + 10
        while till.get("/api/v1/purchases", receipt="x").status_code != 401:
            assert time.monotonic() < deadline
        clock.forward(hours=2)
        till.key = lapsing
        assert till.get("/api/v1/purchases", receipt="x").status_code == 401


def test_one_till_gone_mad_leaves_room_for_the_others(shop_db: ShopDatabase, tmp_path: Path) -> None:
    with served(shop_db, tmp_path, API_CALLS_PER_MINUTE="60", API_LOOKUPS_PER_MINUTE="5") as shop:
        mad, other = shop.till, shop.till_with()
        # a minute may turn in between: twice the budget at most
        answers = [mad.get("/api/v1/members", phone=f"09000000{n:02d}") for n in range(12)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert 2 <= len(refused) <= 7
        assert refused[0].json()["code"] == "too_many_requests"
        assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
        assert mad.post("/api/v1/purchases", bodies.bill()).status_code == 201, "guessing phones stops no sale"
        assert other.get("/api/v1/members", phone="0900000000").status_code == 404


def test_a_silent_valkey_stops_no_sale(shop_db: ShopDatabase, tmp_path: Path) -> None:
    with served(shop_db, tmp_path, API_CALLS_PER_MINUTE="1", REDIS_URL="redis://127.0.0.1:9/0") as shop:
        for _ in range(5):
            assert shop.till.post("/api/v1/purchases", bodies.bill()).status_code == 201
        ready = shop.till.send("GET", "/readyz")
        assert (ready.status_code, ready.json()["valkey"]) == (200, "down")


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("lookup", "GET", "/api/v1/members?phone=0900000000"),
        ("lookup", "GET", "/api/v1/members/x/statement"),
        ("lookup", "GET", "/api/v1/members/x/vouchers"),
        ("enrol", "POST", "/api/v1/members"),
        ("earn", "POST", "/api/v1/quotes"),
        ("earn", "POST", "/api/v1/purchases"),
        ("earn", "GET", "/api/v1/purchases?receipt=x"),
        ("earn", "GET", "/api/v1/purchases/x"),
        ("earn", "POST", "/api/v1/purchases/batch"),
        ("refund", "POST", "/api/v1/purchases/x/returns"),
        ("refund", "POST", "/api/v1/purchases/x/cancellation"),
        ("refund", "POST", "/api/v1/purchases/x/member"),
        ("earn", "POST", "/api/v1/purchases/claims"),
    ],
)
def test_each_call_wants_its_scope(shop: Shop, scope: str, method: str, path: str) -> None:
    others = {"lookup", "enrol", "earn", "redeem", "refund", "voucher"} - {scope}
    assert shop.till_with(*others).send(method, path).status_code == 403
    assert shop.till_with(scope).send(method, path).status_code in (400, 404)


def test_pages_for_machines_need_no_key(shop: Shop) -> None:
    till = shop.till
    till.key = "none"
    schema = till.send("GET", "/api/v1/schema")
    assert schema.status_code == 200 and schema.json()["openapi"].startswith("3.1")
    page = till.send("GET", "/api/docs/")
    assert page.status_code == 200 and "swagger" in page.text
    assets = re.findall(r'(?:src|href)="([^"]+\.(?:js|css|png))"', page.text)
    assert len(assets) >= 3
    for asset in assets:
        assert asset.startswith("/static/"), "pages load nothing from elsewhere"
        assert till.send("GET", asset).status_code == 200
    assert "sessionid" not in page.headers.get("Set-Cookie", "")
