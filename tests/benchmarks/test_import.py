"""`make bench PART=import` on small files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.running import ShopDatabase


@pytest.mark.full
def test_a_short_run_measures_all_three_cases(shop_db: ShopDatabase, tmp_path: Path) -> None:
    connection.close()  # the shop is copied, so nobody may be connected
    sizes = ("--members", "300", "--bills", "500", "--rounds", "1", "--folder", str(tmp_path))

    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.part", "import", *sizes],
        env={**os.environ, **shop_db.env},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    for told in ("| first load / COPY |", "| running history / COPY |", "| replay of a loaded file / COPY |"):
        assert told in run.stdout
    assert "first load: 0 ledger mismatches" in run.stdout
