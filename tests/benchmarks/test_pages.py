"""`make bench PART=pages` on a small shop: that it runs and tells the truth, not how fast it is."""

from pathlib import Path

import pytest
from django.utils import timezone

from benchmarks import books, browsers, life, looks, pages_part, shop
from benchmarks.part import Sizes
from events import clock
from members import roles
from tests.running import ShopDatabase

MEMBERS = 200


def test_the_completed_shop_obeys_every_invariant_and_its_pages_answer(
    shop_db: ShopDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", shop_db.url)  # for the web server
    at = clock.now()
    shop.load(members=MEMBERS, at=at)
    life.complete(staff=browsers.staff("ha", roles.ADMIN), at=at)
    assert [(invariant.sentence, rows) for invariant, rows in books.mismatches() if rows] == []

    drawn = looks.draw(members=MEMBERS, today=timezone.localdate(at), seed=1)
    assert all(page.ask(drawn).path.startswith("/") for page in looks.pages())

    some = [page for page in looks.pages() if page.what in {looks.HEALTH, *looks.BARE.values()}]
    some += looks.pages()[2::8]
    sizes = Sizes(members=MEMBERS, bills=0, rounds=0, seconds=0, requests=1, folder=tmp_path)
    pages_part.run(sizes, pages=some)
    told = capsys.readouterr().out
    for page in some:
        assert f"| {page.what} |" in told
