"""`make bench PART=pos`: sales, look-ups and batches through the real web server, beside PostgreSQL alone."""

import secrets
from dataclasses import dataclass, field

from benchmarks import books, figures, machine, pgbench, ruled, sale, searches, shop, tills
from benchmarks.figures import Comparison, Rounds
from benchmarks.part import Sizes
from benchmarks.shop import Shop
from benchmarks.tills import Order
from dashboard.running import processes
from dashboard.running.processes import children_of
from events import clock
from loyalty.engines.children import Child
from loyalty.models import RuleVersion

CLIENTS = 8
BATCH = 50
WORKERS = 2

COMPARISONS = (
    Comparison(
        what="purchases by HTTP / the same four statements by pgbench",
        ours="http purchases",
        limit="pgbench purchases",
        target=0.15,
    ),
    Comparison(
        what="look-ups by HTTP / one indexed SELECT by pgbench",
        ours="http look-ups",
        limit="pgbench select",
        target=0.06,
    ),
    Comparison(
        what=f"bills in batches of {BATCH} by HTTP / one bill per transaction by pgbench",
        ours="http batches",
        limit="pgbench purchases",
        target=1.5,
    ),
    Comparison(
        what="the cost of a purchase by HTTP with 50 bonus rules, 5 giving / with the base rule alone",
        ours="http purchases",
        limit="http purchases, 50 rules",
        target=1.4,
        at_most=True,
    ),
)


@dataclass
class Bench:
    """One run: the shop, the port of its web server, what was measured so far."""

    shop: Shop
    port: int
    sizes: Sizes
    rules: list[RuleVersion]
    rounds: Rounds = field(default_factory=Rounds)
    milliseconds: dict[str, list[float]] = field(default_factory=dict)

    def http(self, name: str, *, seconds: float, measure: bool = True) -> None:
        """One turn of the eight tills; RuntimeError where an answer was not the expected one."""
        report = tills.drive(self._order(name, seconds=seconds))
        if report.failed:
            raise RuntimeError(
                f"{report.failed} of {name} were not answered as expected, the first:\n{report.unexpected}"
            )
        if measure:
            self.rounds.add(name, report.answered * (BATCH if name == "http batches" else 1) / report.seconds)
            self.milliseconds.setdefault(name, []).extend(report.milliseconds)

    def _order(self, name: str, *, seconds: float) -> Order:
        looks_up = name == "http look-ups"
        path = {
            "http purchases": "POST /api/v1/purchases",
            "http purchases, 50 rules": "POST /api/v1/purchases",
            "http look-ups": "GET /api/v1/members?phone=%2B84{phone}",
            "http batches": "POST /api/v1/purchases/batch",
        }[name]
        return Order(
            port=self.port,
            heads=[
                f"{path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAuthorization: Bearer {text}"
                for text in self.shop.key_texts
            ],
            body="" if looks_up else sale.body(at=clock.now()),
            per_request=BATCH if name == "http batches" else 1,
            receipts=secrets.token_hex(6),
            members=self.shop.members,
            clients=CLIENTS,
            seconds=seconds,
            expected=201 if name.startswith("http purchases") else 200,
        )

    def pgbench(self, name: str, script: str, **given: str) -> None:
        rate = pgbench.rate(script, seconds=self.sizes.seconds, clients=CLIENTS, given=given)
        self.rounds.add(name, rate)

    def round(self) -> None:
        seconds = self.sizes.seconds
        self.http("http purchases", seconds=seconds)
        with ruled.in_force(self.rules):
            self.http("http purchases, 50 rules", seconds=min(1, seconds), measure=False)
            self.http("http purchases, 50 rules", seconds=seconds)
        receipts = secrets.token_hex(6)
        script = sale.statements(self.shop, receipts=receipts)
        self.pgbench("pgbench purchases", script, receipts=receipts, number="0")
        self.http("http batches", seconds=seconds)
        self.http("http look-ups", seconds=seconds)
        self.pgbench("pgbench select", sale.look_up(self.shop))


def run(sizes: Sizes) -> None:
    opened = shop.opened(members=sizes.members)
    port = processes.free_port()
    web = processes.web(env={}, log=sizes.folder / "web.log", port=port, workers=WORKERS)
    web.start()
    try:
        web.wait_until(lambda: processes.web_answers(port=port, path="/readyz"), seconds=60)
        bench = Bench(opened, port, sizes, ruled.written())
        print(f"{machine.processors()} cores, load average {machine.load_average()} before", flush=True)
        for name in ("http purchases", "http batches", "http look-ups"):
            bench.http(name, seconds=min(2, sizes.seconds), measure=False)
        for number in range(1, sizes.rounds + 1):
            bench.round()
            latest = ", ".join(f"{name} {values[-1]:,.0f}/s" for name, values in bench.rounds.measured.items())
            print(f"round {number}: {latest}; load {machine.load_average()}", flush=True)
        memory = _memory(web)
    finally:
        web.stop(seconds=30)
    print(_report(bench, memory), flush=True)
    print(searches.report(opened, samples=80 * sizes.rounds), flush=True)
    print(books.report(), flush=True)


def _memory(web: Child) -> str:
    pids = [web.pid, *children_of(web.pid)]
    megabytes = machine.peak_megabytes(pids)
    return f"{megabytes:,.0f} MB in {len(pids)} web processes" if megabytes else "unknown on this system"


def _report(bench: Bench, memory: str) -> str:
    lines = [
        "",
        f"{bench.shop.members:,} members, {CLIENTS} clients, {WORKERS} web workers, {machine.processors()} cores, "
        f"medians of {bench.sizes.rounds} rounds of {bench.sizes.seconds:g} s",
        "",
        figures.table(bench.rounds, COMPARISONS, unit="per s"),
        "",
        "| answers at 8 clients | p50 ms | p95 ms | p99 ms |",
        "|---|---:|---:|---:|",
    ]
    for name, took in bench.milliseconds.items():
        at = " | ".join(f"{figures.percentile(took, percent):.1f}" for percent in (50, 95, 99))
        lines.append(f"| {name} | {at} |")
    return "\n".join([*lines, "", f"peak memory: {memory}"])
