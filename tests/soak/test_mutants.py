"""Faults planted by hand in the path of the money: each is found by the test that is named beside it.

A copy of the tree is changed in one place and that test is run in it. `make soak`, or FULL=1.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SQL = "loyalty/ledger/sql"
L, R = "tests/loyalty", "tests/loyalty/test_bonus_rules.py"


@dataclass(frozen=True)
class Mutant:
    """`right` in `file` becomes `wrong`; `killer` is the test that has to fail."""

    file: str
    right: str
    wrong: str
    killer: str


MUTANTS = {
    "the account is not locked": Mutant(
        f"{SQL}/02_open.sql",
        "WHERE member_id = p_member FOR NO KEY UPDATE",
        "WHERE member_id = p_member",
        f"{L}/test_spending_races.py::test_points_are_spent_once_however_many_tills_ask",
    ),
    "what is due is not booked first": Mutant(
        f"{SQL}/02_open.sql",
        "    IF p_lock THEN\n      acc := ledger_lock(snap.member_id);\n      IF acc.next_due_at <= p_at THEN",
        "    IF p_lock THEN\n      acc := ledger_lock(snap.member_id);\n      IF false THEN",
        f"{L}/test_pending.py::test_waiting_points_pay_for_nothing_until_they_are_ripe_and_then_in_the_same_breath",
    ),
    "the newest lot is spent first": Mutant(
        f"{SQL}/03_verbs.sql",
        "(ORDER BY expires_at NULLS LAST, opened_at, seq)",
        "(ORDER BY expires_at DESC, opened_at DESC, seq DESC)",
        f"{L}/test_earning.py::test_points_that_end_first_are_spent_first",
    ),
    "a debt is not repaid": Mutant(
        f"{SQL}/03_verbs.sql",
        "ELSE least(acc.debt, p_points) END;",
        "ELSE 0 END;",
        f"{L}/test_returning.py::test_points_spent_meanwhile_become_debt_that_the_next_earn_repays",
    ),
    "points given back end as soon as the old ones": Mutant(
        f"{SQL}/04_reverse.sql",
        "IF used.expires_at IS NULL OR used.expires_at >= now_at + p_grace THEN",
        "IF true THEN",
        f"{L}/test_returning.py::test_points_given_back_keep_their_end_unless_it_is_near",
    ),
    "a batch forgets who waits": Mutant(
        f"{SQL}/06_post.sql",
        "b.earned > 0 AND NOT one->'lot' ?| '{matures,lapses,slides}'",
        "b.earned > 0",
        f"{L}/test_pending.py::test_a_batch_writes_what_single_sales_write",
    ),
    "what rules gave is not counted": Mutant(
        f"{SQL}/06_post.sql",
        "    IF p ? 'awards' THEN\n      PERFORM ledger_count_awards(bill.member_id, bill.id, NULL",
        "    IF false THEN\n      PERFORM ledger_count_awards(bill.member_id, bill.id, NULL",
        f"{R}::test_a_members_limit_is_counted_by_day_week_month_or_for_ever",
    ),
    "points are rounded up": Mutant(
        "loyalty/rules/awarding.py",
        "base = Base(amount, amount // terms.per_amount * terms.points)",
        "base = Base(amount, -(-amount // terms.per_amount) * terms.points)",
        f"{L}/test_earning.py::test_one_point_for_each_full_ten_thousand",
    ),
    "each rule is rounded by itself": Mutant(
        "loyalty/rules/awarding.py",
        "whole = int(exact) - int(before)",
        "whole = int(points * factor)",
        f"{L}/test_awarding.py::test_the_parts_of_a_bill_add_up_to_the_whole_and_are_rounded_once",
    ),
    "the cap of a bill is dropped": Mutant(
        "loyalty/rules/awarding.py",
        '(("cap_bill", terms.cap_per_bill), ("cap_day", terms.left_today))',
        '(("cap_day", terms.left_today),)',
        f"{R}::test_caps_of_the_programme_hold_for_a_bill_and_a_day",
    ),
    "an exclusive rule is not alone": Mutant(
        "loyalty/rules/awarding.py",
        "if rule.mode is Mode.EXCLUSIVE), None)",
        "if rule is None), None)",
        f"{L}/test_awarding.py::test_an_exclusive_rule_stands_alone",
    ),
    "staff earn on their own bills": Mutant(
        "loyalty/composing.py",
        "    if snapshot.own_bill:\n",
        "    if False:\n",
        f"{L}/test_earning.py::test_staff_earn_nothing_on_a_bill_they_keyed_for_themselves",
    ),
    "what was seen of a bill is forgotten": Mutant(
        "loyalty/awards.py",
        'return seeing.read(reasons["seen"]) if "seen" in reasons else None',
        "return None",
        f"{R}::test_a_return_is_judged_as_the_bill_was",
    ),
    "limits get nothing back": Mutant(
        "loyalty/awards.py",
        "        if now < had or (was and not now):",
        "        if False:",
        f"{R}::test_a_limit_of_times_counts_bills",
    ),
    "more points come back than were earned": Mutant(
        "loyalty/refunds.py",
        "clawed_back=sold.earned - min(sold.earned, award)",
        "clawed_back=sold.earned - award + 1",
        "tests/properties/test_arithmetic.py",
    ),
    "the discount is given back by itself": Mutant(
        "loyalty/refunds.py",
        "points_value=value - discount - due,",
        "points_value=sold.points_value,",
        "tests/properties/test_arithmetic.py",
    ),
    "more may come back than was sold": Mutant(
        "loyalty/returning.py",
        "if back.quantity + quantity > line.quantity or back.amount + amount > line.amount:",
        "if False:",
        f"{L}/test_returning.py::test_more_than_was_sold_is_refused",
    ),
    "a receipt with another body is answered": Mutant(
        "loyalty/sales.py",
        "    if fingerprint not in said:\n",
        "    if False:\n",
        f"{L}/test_earning.py::test_the_same_receipt_with_another_body_or_member_conflicts",
    ),
    "a small amount a day is any amount": Mutant(
        "loyalty/sales.py",
        "    if spent + record.points_value + beside > decided.terms.spending.proof_above:",
        "    if False:",
        "tests/rewards/test_spending_proof.py",
    ),
    "a bill is paid with more points than there are": Mutant(
        "loyalty/paying.py",
        "    if points > limit.points or points % policy.step or points < policy.min_points:",
        "    if False:",
        f"{L}/test_earning.py",
    ),
    "a bill that was paid with points moves": Mutant(
        "loyalty/moving.py",
        "        if bill.spent or bill.voucher_discount:",
        "        if False:",
        f"{L}/test_moving.py::test_what_may_not_move_and_why",
    ),
    "a guest's bill is claimed for ever": Mutant(
        "loyalty/claiming.py",
        "    if not days or (till.business_date(at) - bill.business_date).days > days:",
        "    if False:",
        f"{L}/test_claiming.py::test_after_the_days_it_is_too_late_and_the_programme_says_how_many",
    ),
    "a tier is reached a unit too late": Mutant(
        "loyalty/policies.py",
        "position = bisect.bisect_right([step[0] for step in self.steps], spend)",
        "position = bisect.bisect_left([step[0] for step in self.steps], spend)",
        f"{L}/test_earning.py",
    ),
    "a unit is lost between the lines": Mutant(
        "loyalty/splitting.py",
        "    if left:\n",
        "    if False:\n",
        "tests/properties/test_arithmetic.py",
    ),
    "a rule gives while it is paused": Mutant(
        "loyalty/rules/book.py",
        "        if begins < paused:\n            yield begins, paused\n",
        "        yield begins, ends\n",
        f"{R}::test_a_rule_gives_only_while_it_is_in_force",
    ),
    "a back-test forgets limits": Mutant(
        "loyalty/backtesting/running.py",
        "        if places:\n            _limit(",
        "        if False:\n            _limit(",
        f"{L}/test_backtesting.py",
    ),
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is under version control, with the environment of this one."""
    copy = tmp_path_factory.mktemp("mutants") / "tree"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    return copy


def run(tree: Path, test: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:xdist", "-p", "no:cacheprovider", test]
    # engines and a database of its own: the ones of this run hold what is sound
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.soak
@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_fault_is_found(tree: Path, name: str) -> None:
    mutant = MUTANTS[name]
    file = tree / mutant.file
    sound = file.read_text(encoding="utf-8")
    assert mutant.right in sound, "the place is not there any more: name another"

    file.write_text(sound.replace(mutant.right, mutant.wrong), encoding="utf-8")
    try:
        done = run(tree, mutant.killer)
    finally:
        file.write_text(sound, encoding="utf-8")

    assert done.returncode == 1, f"{mutant.killer} did not find it:\n{done.stdout[-3000:]}{done.stderr[-2000:]}"
