"""The shop that is measured: a million members with ten months of bills, loaded set by set and kept."""

import contextlib
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from dashboard.seeding import names
from events import clock, outbox
from loyalty import founding as loyalty_founding
from loyalty import keys, policies
from loyalty.models import Purchase, Store, Terminal
from members import founding as members_founding
from members import identifying
from members.models import Member

SQL = Path(__file__).parent / "sql"
STORES, TILLS_PER_STORE = 20, 25
# Filled a table at a time: what an index costs is paid once, at the end, instead of row by row.
LOADED = (
    "members_member", "members_identifier", "members_nametoken", "loyalty_account", "loyalty_tierbeginning",
    "loyalty_purchase", "loyalty_purchaseline", "loyalty_entry", "loyalty_lot",
)  # fmt: skip
MEMORY = {"work_mem": "256MB", "maintenance_work_mem": "1GB", "synchronous_commit": "off"}


@dataclass(frozen=True)
class Shop:
    """`key_texts`: one key per till, as the tills send them. Member n has the phone +84 and 900000000 + n."""

    members: int
    stores: tuple[Store, ...]
    key_texts: tuple[str, ...]


def opened(*, members: int) -> Shop:
    """The shop with its members and history (loaded unless they are there) and fresh keys for its tills."""
    at = clock.now()
    if not Member.objects.exists():
        began = time.monotonic()
        load(members=members, at=at)
        print(f"loaded {members:,} members and their bills in {time.monotonic() - began:.0f} s", flush=True)
    stores = tuple(Store.objects.filter(practice_of=None).order_by("id"))
    with transaction.atomic():
        texts = [
            keys.create(store=till.store, terminal=till, description="bench", at=at)[1]
            for till in Terminal.objects.select_related("store").order_by("id")
        ]
    return Shop(members=members, stores=stores, key_texts=tuple(texts))


def load(*, members: int, at: datetime, bills: bool = True) -> None:
    """Found the programme, open the stores, load the members and their history, all or nothing."""
    with transaction.atomic():
        loyalty_founding.found(name="Cà phê Sông", at=at)
        members_founding.found(at=at)
        stores = Store.objects.bulk_create(
            Store(code=f"CH{number:02d}", name=f"Cửa hàng {number}") for number in range(1, STORES + 1)
        )
        Terminal.objects.bulk_create(
            Terminal(store=store, code=f"POS{number}") for store in stores for number in range(1, TILLS_PER_STORE + 1)
        )
        with connection.cursor() as cursor, filling(cursor, LOADED):
            _words(cursor)
            of_stores = [store.id for store in stores]
            told: dict[str, Any] = {"members": members, "at": at, "stores": len(stores), "store_ids": of_stores}
            cursor.execute((SQL / "members.sql").read_text(), told)
            if bills:
                _history(cursor, stores=stores, at=at)
            cursor.execute("DROP TABLE IF EXISTS bench_member")
    settle()


@contextlib.contextmanager
def filling(cursor, tables: Sequence[str]) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """Till the end of the transaction much memory and no triggers; the tables' indexes are made again at the end."""
    for name, value in MEMORY.items():
        cursor.execute(f"SET LOCAL {name} = %s", [value])
    # the rows name each other rightly by how they are made: no look-up per foreign key
    cursor.execute("SET LOCAL session_replication_role = replica")
    indexes = _drop_indexes(cursor, tables)
    yield
    for definition in indexes:
        cursor.execute(definition)


def settle() -> None:
    """As the database is some time after so many rows came."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def _history(cursor, *, stores: list[Store], at: datetime) -> None:  # type: ignore[no-untyped-def]
    terms = policies.at(at)
    import_id = uuid.uuid4()
    values = {
        "at": at,
        "stores": len(stores),
        "store_ids": [store.id for store in stores],
        "per_amount": terms.earning.per_amount,
        "rule": terms.earning.id,
        "first_tier": terms.first_tier.id,
        "zone": settings.TIME_ZONE,
        "import_id": import_id,
    }
    cursor.execute((SQL / "history.sql").read_text(), values)
    outbox.record(
        type="purchases.imported",
        subject_id=import_id,
        data={"import_id": str(import_id), "bills": Purchase.objects.count()},
        at=at,
        by="system",
    )


def _words(cursor) -> None:  # type: ignore[no-untyped-def]
    """The words that names are made of, each with its folded form."""
    lists = {
        "family": names.FAMILY,
        "middle": names.MIDDLE_WOMEN + names.MIDDLE_MEN,
        "given": names.GIVEN_WOMEN + names.GIVEN_MEN,
    }
    for kind, words in lists.items():
        cursor.execute(
            f"CREATE TEMP TABLE bench_{kind} ON COMMIT DROP AS "
            "SELECT * FROM unnest(%s, %s::text[], %s::text[]) AS listed(no, word, folded)",
            [list(range(1, len(words) + 1)), list(words), [identifying.fold(word) for word in words]],
        )


def _drop_indexes(cursor, tables: Sequence[str]) -> list[str]:  # type: ignore[no-untyped-def]
    """Drop the indexes of the tables to be filled that stand for no constraint; answers what makes them again."""
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i "
        "WHERE i.indrelid = ANY (%s::regclass[]) AND NOT i.indisunique",
        [list(tables)],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _, definition in found]
