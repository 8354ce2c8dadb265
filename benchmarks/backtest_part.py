"""`make bench PART=backtest`: twenty rules over the whole history, and what the same bills cost to read and add up."""

import time
from dataclasses import replace
from datetime import timedelta

from django.db import connection

from benchmarks import books, figures, machine, ruled, shop
from benchmarks.figures import Comparison, Rounds
from benchmarks.part import Sizes
from events import clock
from loyalty.backtesting import running
from loyalty.models import Purchase
from loyalty.till import local_day

RULES = 20
COMPARISONS = (
    Comparison(what="20 rules over the bills / 20,000 bills a second", ours="back-test", limit="promised", target=1),
    Comparison(
        what="20 rules over the bills / their lines added up by category", ours="back-test", limit="sums", target=0.01
    ),
)
SUMS = """
SELECT count(*) FROM (
  SELECT p.member_id, l.category, sum(l.goods)
    FROM loyalty_purchase p JOIN loyalty_purchaseline l ON l.purchase_id = p.id
   WHERE p.member_id IS NOT NULL AND p.business_date BETWEEN %s AND %s GROUP BY 1, 2) sums
"""


def run(sizes: Sizes) -> None:
    shop.opened(members=sizes.members)
    at = clock.now()
    # limits of members and a budget among them: those are decided bill by bill
    items = [running.drafted(version) for version in ruled.written(count=RULES)]
    items[3] = replace(items[3], standing=replace(items[3].standing, per_member=50, period="month"))
    items[4] = replace(items[4], standing=replace(items[4].standing, budget=100_000))
    last = local_day(at)
    first = last - timedelta(days=400)
    rounds = Rounds()
    print(f"{Purchase.objects.count():,} bills, load average {machine.load_average()} before", flush=True)
    for number in range(1, min(3, sizes.rounds) + 1):
        began = time.perf_counter()
        result = running.run(items, first=first, last=last)
        seconds = time.perf_counter() - began
        rounds.add("back-test", result.bills / seconds)
        rounds.add("promised", 20_000)
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(SUMS, [first, last])
        rounds.add("sums", result.bills / (time.perf_counter() - began))
        print(f"round {number}: {result.bills:,} bills in {seconds:.1f} s; load {machine.load_average()}", flush=True)
    print(f"\n{sizes.members:,} members, {RULES} rules\n")
    print(figures.table(rounds, COMPARISONS, unit="bills per s"))
    print(f"\n{books.report()}", flush=True)
