"""`make bench PART=pages`: how long people wait for a page of the counter and of the dashboard."""

import itertools
import math
import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone

from benchmarks import browsers, figures, life, looks, machine, shop
from benchmarks.browsers import Browser
from benchmarks.looks import BARE, COUNTER, HEALTH, MANAGER, OFFICE, Page
from benchmarks.part import Sizes
from benchmarks.shop import Shop
from dashboard.running import processes
from events import clock
from members import roles

TARGET = 300
WORKERS = 2
# a device looks up no more people than a thief could use: so many devices share the work
LOOK_UPS_PER_DEVICE = 100
# connections of each person in the office, so that both web workers have somebody to serve
SEATS = 4
WARMING = 4


@dataclass(frozen=True, kw_only=True)
class Measured:
    page: Page
    milliseconds: list[float]
    queries: int

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def p95(self) -> float:
        return figures.percentile(self.milliseconds, 95)


def run(sizes: Sizes, *, pages: Sequence[Page] | None = None) -> None:
    """Every page there is, unless some are named."""
    opened = shop.opened(members=sizes.members)
    life.complete(staff=browsers.staff("ha", roles.ADMIN), at=clock.now())
    port = processes.free_port()
    web = processes.web(env={}, log=sizes.folder / "web.log", port=port, workers=WORKERS)
    web.start()
    try:
        web.wait_until(lambda: processes.web_answers(port=port, path="/readyz"), seconds=60)
        before = machine.load_average()
        measured = _measure(opened, pages or looks.pages(), port=port, requests=sizes.requests)
    finally:
        web.stop(seconds=30)
    print(
        f"{opened.members:,} members, {sizes.requests} requests a page, {WORKERS} web workers, "
        f"{machine.processors()} cores, load average {before} before, {machine.load_average()} after\n"
    )
    print(table(measured), flush=True)


def _measure(opened: Shop, pages: Sequence[Page], *, port: int, requests: int) -> list[Measured]:
    """Page after page, and again from the first: whatever else the machine does falls on all of them alike."""
    warming = min(WARMING, requests - 1)
    counters = sum(page.who == COUNTER for page in pages) * (requests + warming + 1)
    people = _people(opened, port=port, devices=math.ceil(counters / LOOK_UPS_PER_DEVICE))
    took: dict[str, list[float]] = defaultdict(list)
    queries: dict[str, int] = {}
    for number in range(-warming, requests):
        drawn = looks.draw(members=opened.members, today=timezone.localdate(clock.now()), seed=number + warming)
        for page in pages:
            milliseconds = next(people[page.who]).milliseconds(page.ask(drawn))
            if number >= 0:
                took[page.what].append(milliseconds)
    for page in pages:
        queries[page.what] = next(people[page.who]).queries(page.ask(drawn))
    return [Measured(page=page, milliseconds=took[page.what], queries=queries[page.what]) for page in pages]


def _people(opened: Shop, *, port: int, devices: int) -> dict[str, Iterator[Browser]]:
    """By the door they came in, several of each, in turn."""
    at, store = clock.now(), opened.stores[0]
    ha = browsers.staff("ha", roles.ADMIN)
    mai = browsers.staff("mai", roles.STORE_MANAGER, stores=[store])
    at_counters = [
        browsers.at_a_counter(ha, store=store, name=f"Quầy {number}", port=port, at=at) for number in range(devices)
    ]
    return {
        COUNTER: itertools.cycle(at_counters),
        OFFICE: itertools.cycle([browsers.in_the_office(ha, port=port) for _ in range(SEATS)]),
        MANAGER: itertools.cycle([browsers.in_the_office(mai, port=port) for _ in range(SEATS)]),
    }


def table(measured: list[Measured]) -> str:
    """Each page beside the frame of its door without data, in the same run."""
    medians = {one.page.what: one.median for one in measured}
    lines = ["| page | median ms | p95 ms | × bare | queries | target | |", "|---|---:|---:|---:|---:|---:|---|"]
    for one in measured:
        bare = medians[HEALTH] if one.page.what == HEALTH else medians[BARE[one.page.who]]
        verdict = "met" if one.median < TARGET else "missed"
        lines.append(
            f"| {one.page.what} | {one.median:.0f} | {one.p95:.0f} | {one.median / bare:.1f} | {one.queries} "
            f"| < {TARGET} | {verdict} |"
        )
    return "\n".join(lines)
