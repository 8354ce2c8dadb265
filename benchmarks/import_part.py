"""`make bench PART=import`: bills from a file, beside COPY of the same bills into one bare table.

Three cases, each round on a fresh file: the first load of a shop that has members and no bills, a running history of
a shop that has both, and the same file once more.
"""

import random
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from benchmarks import books, copies, figures, machine, shop
from benchmarks.figures import Comparison, Rounds
from benchmarks.part import Sizes
from events import clock
from loyalty.engines import databases
from loyalty.importing import purchases
from loyalty.importing.purchases import PurchaseOptions
from loyalty.models import Store

HEADER = "store,receipt,member,occurred_at,sku,name,category,quantity,amount,cost,kind,original_receipt\n"
BILLS_PER_MEMBER = 5
COMPARISONS = (
    Comparison(what="first load / COPY", ours="first load", limit="copy into an empty table", target=1 / 4),
    Comparison(what="running history / COPY", ours="running", limit="copy beside a history", target=1 / 8),
    Comparison(what="replay of a loaded file / COPY", ours="replay", limit="copy beside a history", target=1 / 3),
)
# The same columns and the same receipt that is posted once; no other index, no rule, no member.
BARE = "DROP TABLE IF EXISTS bench_bare; CREATE TABLE bench_bare (LIKE loyalty_purchase INCLUDING DEFAULTS)"
UNIQUE = "ALTER TABLE bench_bare ADD UNIQUE (store_id, period, receipt)"


def run(sizes: Sizes) -> None:
    if not Store.objects.exists():
        shop.load(members=sizes.members, at=clock.now())
    whole, people = str(connection.settings_dict["NAME"]), f"people_{sizes.bills // BILLS_PER_MEMBER}"
    _people(people, members=sizes.bills // BILLS_PER_MEMBER)
    rounds = Rounds()
    print(f"{machine.processors()} cores, load average {machine.load_average()} before", flush=True)
    with copies.copy_of(whole, "import_running"):
        _bare(with_history=True)
        for number in range(1, sizes.rounds + 1):
            _running(rounds, number, sizes=sizes)
            with copies.copy_of(people, "import_first"):
                first_books = _first(rounds, number, sizes=sizes)
            latest = ", ".join(f"{name} {values[-1]:,.0f}/s" for name, values in rounds.measured.items())
            print(f"round {number}: {latest}; load {machine.load_average()}", flush=True)
        running_books = books.report()
    print(f"\n{sizes.members:,} members, files of {sizes.bills:,} bills, medians of {sizes.rounds} rounds\n")
    print(figures.table(rounds, COMPARISONS, unit="bills per s"))
    print(f"\nrunning history: {running_books}\nfirst load: {first_books}", flush=True)


def _running(rounds: Rounds, number: int, *, sizes: Sizes) -> None:
    at = clock.now()
    file = _file(sizes.folder / "running.csv", receipts=f"R{number}", members=sizes.members, bills=sizes.bills, at=at)
    rounds.add("running", sizes.bills / _imported(file, at=at, bills=sizes.bills))
    rounds.add("replay", sizes.bills / _imported(file, at=at, bills=0))
    rounds.add("copy beside a history", sizes.bills / _copied(sizes.folder / "bills.copy", bills=sizes.bills))
    file.unlink()


def _first(rounds: Rounds, number: int, *, sizes: Sizes) -> str:
    """Answers what the books say after the last round."""
    at = clock.now()
    members = sizes.bills // BILLS_PER_MEMBER
    file = _file(sizes.folder / "first.csv", receipts="F", members=members, bills=sizes.bills, at=at)
    rounds.add("first load", sizes.bills / _imported(file, at=at, bills=sizes.bills))
    _bare(with_history=False)
    rounds.add("copy into an empty table", sizes.bills / _copied(sizes.folder / "bills.copy", bills=sizes.bills))
    file.unlink()
    return books.report() if number == sizes.rounds else ""


def _file(path: Path, *, receipts: str, members: int, bills: int, at: datetime) -> Path:
    """Bills of the last ten months, a line each, in the order they happened, of members drawn by chance."""
    drawn = random.Random(receipts)
    step = timedelta(days=300) / bills
    began = at - timedelta(days=301)
    stores = list(Store.objects.values_list("code", flat=True))
    with path.open("w") as file:
        file.write(HEADER)
        for number in range(bills):
            moment = (began + number * step).isoformat(timespec="seconds")
            store, phone = stores[number % len(stores)], 900_000_000 + drawn.randrange(members)
            thousands = drawn.randrange(25, 180)
            file.write(
                f"{store},{receipts}-{number:08d},0{phone},{moment},"
                f"CF{number % 40:02d},Cà phê sữa đá,coffee,{1 + number % 3},{thousands}000,{thousands * 400},sale,\n"
            )
    return path


def _imported(file: Path, *, at: datetime, bills: int) -> float:
    """The seconds an import of this file takes; RuntimeError where it posts another number of bills."""
    began = time.perf_counter()
    done = purchases.run(source=file, at=at, by="system", options=PurchaseOptions(member_as="phone"))
    seconds = time.perf_counter() - began
    if done.posted != bills or done.problems:
        raise RuntimeError(f"{done.posted} bills were posted instead of {bills}; refused: {dict(done.problems)}")
    return seconds


def _bare(*, with_history: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE)
        if with_history:
            cursor.execute("INSERT INTO bench_bare SELECT * FROM loyalty_purchase ORDER BY id")
        cursor.execute(UNIQUE)


def _copied(file: Path, *, bills: int) -> float:
    """The seconds COPY takes for the bills imported last, from a file, as they stand in the books."""
    with connection.cursor() as cursor:
        with file.open("wb") as out:
            cursor.copy_expert(
                "COPY (SELECT * FROM loyalty_purchase WHERE import_id = (SELECT import_id FROM loyalty_purchase "
                "WHERE import_id IS NOT NULL ORDER BY recorded_at DESC LIMIT 1) ORDER BY store_id, receipt) TO STDOUT",
                out,
            )
        cursor.execute("CHECKPOINT")
        began = time.perf_counter()
        with file.open("rb") as source:
            cursor.copy_expert("COPY bench_bare FROM STDIN", source)
        seconds = time.perf_counter() - began
        if cursor.rowcount != bills:
            raise RuntimeError(f"{cursor.rowcount} rows were copied instead of {bills}")
    file.unlink()
    return seconds


def _people(name: str, *, members: int) -> None:
    """A shop of so many members without a bill, made once and kept; brought up to date each time."""
    known = databases.exists(name, sockets=copies.sockets())
    if not known:
        databases.create(name, sockets=copies.sockets())
    with copies.on(name):
        call_command("migrate", verbosity=0)
        if not known:
            shop.load(members=members, at=clock.now(), bills=False)
