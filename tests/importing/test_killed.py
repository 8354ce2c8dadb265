"""A kill half-way and a re-run end as one run; a till that sells meanwhile loses nothing."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Sum

from loyalty import auditing, earning, founding, policies, sales
from loyalty.bill import Bill, BillLine
from loyalty.importing.purchases import IMPORT_LOCK
from loyalty.models import Account, Purchase, PurchaseLine, Store
from loyalty.till import Till
from tests.importing.files import BILLS, NOW, bills, load
from tests.running import ShopDatabase

BILLS_IN_FILE = 6000


def a_file(folder: Path) -> Path:
    file = folder / "bills.csv"
    rows = (
        f"Q{n % 4},{n},09{n * 7919 % 500:08d},2026-{n % 9 + 1:02d}-{n % 27 + 1:02d},CF,Cà phê,,1,{n % 90}0000,,sale,"
        for n in range(BILLS_IN_FILE)
    )
    file.write_text("\n".join([BILLS, *rows, ""]), encoding="utf-8")
    return file


@pytest.mark.parametrize("kills", [3])
def test_killed_again_and_again_and_run_once_more_it_ends_as_one_run(
    shop_db: ShopDatabase, tmp_path: Path, kills: int
) -> None:
    founding.found(name="Cà phê Sáng", at=NOW)
    policies.forget()
    file = a_file(tmp_path)
    command = [sys.executable, "manage.py", "import_purchases", str(file), "--create-members", "--create-stores"]
    seen = 0

    for _kill in range(kills):
        process = subprocess.Popen(
            [*command, "--chunk", "300"], env={**os.environ, **shop_db.env}, stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while process.poll() is None and Purchase.objects.count() <= seen and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        seen = Purchase.objects.count()

    assert 0 < seen < BILLS_IN_FILE, "killed too early or too late to prove anything"
    done = load(file, at=NOW, errors=io.StringIO())

    assert (done.known, done.posted, done.refused) == (seen, BILLS_IN_FILE - seen, 0)
    assert Purchase.objects.count() == PurchaseLine.objects.count() == BILLS_IN_FILE
    points = sum(n % 90 for n in range(BILLS_IN_FILE))
    assert Account.objects.aggregate(points=Sum("available"))["points"] == points
    assert [found.invariant.sentence for found in auditing.run() if not found.ok] == []


def test_a_till_that_posts_one_of_the_receipts_meanwhile_is_believed(shop_db: ShopDatabase) -> None:
    founding.found(name="Cà phê Sáng", at=NOW)
    policies.forget()
    load(bills("Q1,0,0912345678,2026-11-18,CF1,,,1,10000,,sale,"))
    store = Store.objects.get()
    rows = [f"Q1,{n},0912345678,2026-11-19T0{n}:00:00,CF1,,,1,{n}0000,,sale," for n in range(1, 6)]
    done = []

    def importing() -> None:
        try:
            done.append(load(bills(*rows)))
        finally:
            connection.close()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [IMPORT_LOCK, store.id])
        thread = threading.Thread(target=importing)
        thread.start()
        _until_somebody_waits_for_the_store()
        bill = Bill(
            receipt="3",
            occurred_at=NOW,
            lines=(BillLine(sku="CF1", quantity=Decimal(1), amount=90_000),),
            total=90_000,
        )
        till = Till.of(store, by="terminal:1")
        earning.record_purchase(
            bill=bill, who=sales.Who("phone", "+84912345678"), till=till, fingerprint=b"x", at=NOW, proven=True
        )
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [IMPORT_LOCK, store.id])
    thread.join(30)

    assert (done[0].posted, done[0].points, done[0].problems) == (4, 12, {"receipt_conflict": 1})
    assert Purchase.objects.get(receipt="3").total == 90_000
    assert Account.objects.get().available == 1 + 12 + 9
    assert [found.invariant.sentence for found in auditing.run() if not found.ok] == []


def _until_somebody_waits_for_the_store() -> None:
    deadline = time.monotonic() + 30
    waiting = 0
    while not waiting and time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            waiting = cursor.fetchone()[0]
    assert waiting
