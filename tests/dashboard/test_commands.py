from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from events.invariants import Invariant
from loyalty import auditing
from tests.factories.shop import LEDGER_TABLES, rows_of


def broken():
    yield Invariant(code="X1", sentence="No member exists.", sql="SELECT id, name FROM members_member")


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out, no_color=True)
    return out.getvalue()


def test_the_audit_of_a_shop_that_sold_is_clean(till, lan):
    till.sell(till.bill(105_000), lan)
    assert all(finding.ok for finding in auditing.run())
    assert " 0 broken." in run("audit_ledger")


def test_a_broken_invariant_is_named_with_examples_and_ends_with_one(till, lan, settings):
    settings.AUDIT_QUERIES = ["tests.dashboard.test_commands.broken"]
    with pytest.raises(SystemExit) as ended:
        run("audit_ledger")
    assert ended.value.code == 1
    finding = auditing.run()[0]
    assert finding.broken == 1
    assert finding.examples == ((lan.pk, "Nguyễn Thị Lan"),)


def test_an_audit_writes_nothing(till, lan):
    till.sell(till.bill(105_000), lan)
    before = rows_of(*LEDGER_TABLES)
    auditing.run()
    assert rows_of(*LEDGER_TABLES) == before


def test_the_nightly_run_books_points_that_ended(till, lan, clock):
    till.sell(till.bill(105_000), lan)
    clock.forward(days=400)
    assert "loyalty.expiry.book_due: 1" in run("nightly")
    assert "No night is due." in run("nightly")


def test_a_night_is_run_again_only_when_asked(till):
    night = f"{till.at.date() - timedelta(days=3):%Y-%m-%d}"
    assert "loyalty.expiry.book_due: 0\n" in run("nightly", "--date", night)
    assert "loyalty.expiry.book_due: 0 (done before)" in run("nightly", "--date", night)
    assert "loyalty.expiry.book_due: 0\n" in run("nightly", "--date", night, "--again")


def test_the_nightly_run_refuses_a_day_that_is_not_over(till):
    with pytest.raises(CommandError, match="not over"):
        run("nightly", "--date", f"{date.today():%Y-%m-%d}")
    with pytest.raises(CommandError, match="2026-11-21"):
        run("nightly", "--date", "21/11/2026")
