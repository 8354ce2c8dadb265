"""`make soak`: eight tills write for CHAOS_SECONDS (300) while web workers and connections die at random.

Whatever was acknowledged is in the books once and only once, and said again it is answered alike. SEED=… has the tills
and the killer do alike again; when which of them meets the other is chance. The figures are printed, and kept as a line
of SOAK_DIR/chaos.txt (.run/soak).
"""

import os
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connections

from events import clock
from loyalty import adjusting, auditing, policies
from loyalty.models import Account, Entry, Hold, Purchase, Return, SpendingPolicy
from tests.api import bodies
from tests.api.conftest import NO_LIMITS, Shop, furnish
from tests.conftest import ENGINES
from tests.running import Processes, ShopDatabase, Web
from tests.soak.killing import Killer
from tests.soak.tills import PATIENCE, Acknowledged, Writer

SECONDS = float(os.environ.get("CHAOS_SECONDS", "300"))
SEED = int(os.environ.get("SEED", "20261127"))
FOLDER = Path(os.environ.get("SOAK_DIR", ".run/soak"))
TILLS = 8
MEMBERS = 24
GIFT = 100_000

# one effect: what it is, whose or which it is, how much it is
Effect = tuple[object, ...]


@dataclass(frozen=True)
class Books:
    """Effects that were acknowledged against those in the books, each as often as it is there."""

    lost: list[Effect]
    doubled: list[Effect]

    @classmethod
    def compared(cls, *, acknowledged: Iterable[Effect], booked: Iterable[Effect]) -> "Books":
        said, kept = Counter(acknowledged), Counter(booked)
        return cls(lost=sorted((said - kept).elements(), key=str), doubled=sorted((kept - said).elements(), key=str))


@pytest.fixture
def served(shop_db: ShopDatabase, tmp_path: Path) -> Iterator[tuple[Shop, Web]]:
    shop = furnish("")
    now = clock.now()
    # no proof is asked for: what is tried here is what dies
    policies.publish(SpendingPolicy(valid_from=now, proof_above=10**9), by="system", at=now)
    started = Processes(env={**shop_db.env, **NO_LIMITS}, logs=tmp_path)
    try:
        web = started.web()
        started.keep_alive()
        shop.url = web.url
        yield shop, web
    finally:
        started.stop()


def join(shop: Shop) -> str:
    """A member with more points than are ever spent here."""
    joined: str = shop.till.post("/api/v1/members", bodies.enrolment(), key=bodies.number("join")).json()["id"]
    adjusting.adjust(member_id=joined, points=GIFT, reason="quà", by="user:1", at=clock.now(), limit=GIFT)
    return joined


def as_acknowledged(all_of_it: Iterable[Acknowledged]) -> Iterator[Effect]:
    """The effects that the answers speak of."""
    for one in all_of_it:
        said, points = one.answer, one.answer["points"]
        if one.command.kind == "hold":
            yield "hold", said["id"], points
        elif one.command.kind == "purchase":
            yield "purchase", said["id"], one.command.body["receipt"], points["earned"], points["spent"]
            if points["earned"]:
                yield "earn", said["id"], points["earned"]
            if points["spent"]:
                yield "capture" if "hold" in one.command.body else "spend", said["id"], -points["spent"]
        else:
            yield "return", said["id"], one.command.body["receipt"], points["clawed_back"], points["given_back"]


def as_booked() -> Iterator[Effect]:
    """The same of every row there is, but for the members' gift at the start."""
    for id, receipt, earned, spent in Purchase.objects.values_list("id", "receipt", "earned", "spent"):
        yield "purchase", str(id), receipt, earned, spent
    for id, receipt, clawed, given in Return.objects.values_list("id", "receipt", "clawed_back", "given_back"):
        yield "return", str(id), receipt, clawed, given
    for id, points in Hold.objects.values_list("id", "points"):
        yield "hold", str(id), points
    moved = Entry.objects.filter(kind__in=("earn", "spend", "capture"))
    for kind, id, available, held in moved.values_list("kind", "purchase_id", "available", "held"):
        yield kind, str(id), available if kind != "capture" else held


def worth(all_of_it: Iterable[Acknowledged]) -> Counter[str]:
    """What each member should have by what the tills were told."""
    has: Counter[str] = Counter()
    for one in all_of_it:
        points = one.answer["points"]
        if one.command.kind == "purchase":
            has[one.command.member] += points["earned"] - points["spent"]
        elif one.command.kind == "return":
            has[one.command.member] += points["given_back"] - points["clawed_back"]
    return has


def attack(shop: Shop, web: Web, database: ShopDatabase, members: list[str]) -> tuple[list[Writer], Killer]:
    """Tills write and things die for SECONDS; then nothing dies any more and every till gets its last answer."""
    peace, evening = threading.Event(), threading.Event()
    tills = [Writer(shop=shop, number=n, members=members, seed=SEED, closing=evening) for n in range(TILLS)]
    killer = Killer(web=web, database=database.name, sockets=ENGINES.postgres_sockets, seed=SEED, closing=peace)
    connections.close_all()  # ours is not the web's
    for thread in (*tills, killer):
        thread.start()
    evening.wait(SECONDS)
    peace.set()
    evening.set()
    killer.join(30)
    for till in tills:
        till.join(PATIENCE + 60)
        assert not till.is_alive()
    return tills, killer


@pytest.mark.soak
def test_what_was_acknowledged_is_in_the_books_once_whatever_dies(
    served: tuple[Shop, Web], shop_db: ShopDatabase
) -> None:
    shop, web = served
    members = [join(shop) for _ in range(MEMBERS)]

    tills, killer = attack(shop, web, shop_db, members)

    heard = [till.heard for till in tills]
    acknowledged = [one for each in heard for one in each.acknowledged]
    books = Books.compared(acknowledged=as_acknowledged(acknowledged), booked=as_booked())
    tell(
        acknowledged=len(acknowledged),
        **Counter(f"{one.command.kind}s" for one in acknowledged),
        replays=sum(each.replays for each in heard),
        refused=sum(each.refused.total() for each in heard),
        unanswered=sum((each.unanswered for each in heard), Counter()).total(),
        kills=killer.kills,
        terminated=killer.terminated,
        at_work=killer.terminated_at_work,
        lost=len(books.lost),
        doubled=len(books.doubled),
    )

    assert [surprise for each in heard for surprise in each.surprises] == [], unforeseen(web)
    assert (books.lost, books.doubled) == ([], [])
    should_have = worth(acknowledged)
    for account in Account.objects.filter(member_id__in=members):
        has = account.available + account.pending + account.held - account.debt
        assert has == GIFT + should_have[str(account.member_id)]
    assert [finding for finding in auditing.run() if not finding.ok] == []
    assert min(killer.kills, killer.terminated_at_work, len(acknowledged)) > 0


def unforeseen(web: Web) -> str:
    """What the server's log says of the first fault that nobody had thought of."""
    assert web.child.log is not None
    log = web.child.log.read_text(errors="replace")
    return log[max(0, log.find("unforeseen") - 200) :][:10_000]


def tell(**figures: int) -> None:
    line = " ".join(f"{name}={figure}" for name, figure in figures.items())
    print(f"\nchaos: {line}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "chaos.txt").open("a", encoding="utf-8") as file:
        file.write(f"seconds={SECONDS:.0f} seed={SEED} {line}\n")
