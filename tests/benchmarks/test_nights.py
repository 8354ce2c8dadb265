"""`make bench PART=nights` among few members."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.running import ShopDatabase


@pytest.mark.full
def test_a_short_run_measures_nights_and_leaves_books_that_add_up(shop_db: ShopDatabase, tmp_path: Path) -> None:
    connection.close()  # the shop is copied, so nobody may be connected
    sizes = ("--members", "300", "--rounds", "2", "--folder", str(tmp_path))

    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.part", "nights", *sizes],
        env={**os.environ, **shop_db.env},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "| lots that ripen or end / COPY |" in run.stdout
    assert "\n0 ledger mismatches" in run.stdout
