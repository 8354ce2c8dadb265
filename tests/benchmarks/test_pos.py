"""`make bench` on a shop of a thousand members: that it runs and tells the truth, not how fast it is."""

import os
import random
import subprocess
import sys
from pathlib import Path

from benchmarks import books, shop
from events import clock
from members import finding, identifying, searching
from members.models import Member, NameToken
from tests.running import ShopDatabase

MEMBERS = 1000


def test_the_measured_shop_obeys_the_ledger_and_its_members_are_found(shop_db: ShopDatabase) -> None:
    shop.load(members=MEMBERS, at=clock.now())

    assert [(invariant.sentence, rows) for invariant, rows in books.mismatches() if rows] == []
    for n in random.Random(1).sample(range(MEMBERS), 20):
        member = finding.by_phone(f"0{900_000_000 + n}")
        assert isinstance(member, Member)
        assert member.folded_name == identifying.fold(member.name)
        tokens = NameToken.objects.filter(member_id=member.pk).values_list("token", flat=True)
        assert sorted(tokens) == identifying.search_tokens(member.name)
        assert [found.member_id for found in searching.search(f"88{n:010d}")] == [member.pk]


def test_a_short_run_measures_both_sides_and_leaves_the_books_right(shop_db: ShopDatabase, tmp_path: Path) -> None:
    sizes = ("--members", str(MEMBERS), "--rounds", "1", "--seconds", "1", "--folder", str(tmp_path))

    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.part", "pos", *sizes],
        env={**os.environ, **shop_db.env},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    for told in (
        "purchases by HTTP / the same four statements",
        "| http look-ups |",
        "peak memory",
        "given name first",
    ):
        assert told in run.stdout
    assert "\n0 ledger mismatches" in run.stdout
