"""Each way of searching a member at the counter, beside the look-up by the exact phone, as the domain answers it."""

import random
import time
from collections.abc import Callable

from benchmarks import figures
from benchmarks.shop import Shop
from members import finding, searching

TARGET = 3.0
BASELINE = "the whole phone"
SHOWN = 20

# What somebody types, made from one member: number n, and the folded words of the name.
FORMS: dict[str, Callable[[int, list[str]], str]] = {
    BASELINE: lambda n, words: f"0{900_000_000 + n}",
    "… as +84 with blanks": lambda n, words: f"+84 {900_000_000 + n}"[:9] + " " + f"+84 {900_000_000 + n}"[9:],
    "its last four digits": lambda n, words: f"{n % 10_000:04d}",
    "its last six digits": lambda n, words: f"{n % 1_000_000:06d}",
    "last four digits and given name": lambda n, words: f"{n % 10_000:04d} {words[-1]}",
    "a card": lambda n, words: f"88{n:010d}",
    "an id of another system": lambda n, words: f"KH-{n - n % 4 + 1}",
    "an e-mail": lambda n, words: f"member{n - n % 4}@example.vn",
    "the whole name": lambda n, words: " ".join(words),
    "family and given name": lambda n, words: f"{words[0]} {words[-1]}",
    "given name": lambda n, words: words[-1],
    "family name": lambda n, words: words[0],
    "the beginning of a given name": lambda n, words: words[-1][:2],
    "middle and unfinished given name": lambda n, words: f"{words[1]} {words[-1][:2]}",
    "given name first": lambda n, words: f"{words[-1]} {words[0]}",
    "a name nobody has": lambda n, words: f"{words[-1]}xq",
}


def report(shop: Shop, *, samples: int) -> str:
    """A table: p50 and p95 of each form over the same random members, interleaved, and p95 against the baseline's."""
    took = measure(shop, samples=samples)
    base = figures.percentile(took[BASELINE], 95)
    lines = ["", f"| search among {shop.members:,} members | p50 ms | p95 ms | × exact phone at p95 | target | |"]
    lines.append("|---|---:|---:|---:|---:|---|")
    for form, values in took.items():
        middle, high = figures.percentile(values, 50), figures.percentile(values, 95)
        verdict = "met" if high <= TARGET * base else "missed"
        lines.append(f"| {form} | {middle:.2f} | {high:.2f} | {high / base:.2f} | ≤ {TARGET:g} | {verdict} |")
    return "\n".join([*lines, ""])


def measure(shop: Shop, *, samples: int) -> dict[str, list[float]]:
    drawn = random.Random(11)
    took: dict[str, list[float]] = {form: [] for form in FORMS}
    warm = max(5, samples // 20)
    for number in range(samples + warm):
        n = drawn.randrange(shop.members)
        member = finding.by_phone(f"0{900_000_000 + n}")
        if member is None:
            raise RuntimeError(f"member {n} is not found by phone")
        for form, typed in FORMS.items():
            seconds = _timed(typed(n, member.folded_name.split()))
            if number >= warm:
                took[form].append(seconds * 1000)
    return took


def _timed(text: str) -> float:
    began = time.perf_counter()
    searching.search(text, limit=SHOWN)
    return time.perf_counter() - began
