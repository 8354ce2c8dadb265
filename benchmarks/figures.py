"""Rounds of two sides become a ratio of medians, told as a table beside its target."""

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that `percent` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(percent / 100 * len(ordered) + 0.5) - 1))]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One promise: `ours` against `limit`, both named by what was measured in each round (per second).

    `at_most`: the figures are times, and the target is an upper bound.
    """

    what: str
    ours: str
    limit: str
    target: float
    at_most: bool = False


@dataclass
class Rounds:
    """What each round measured, by name."""

    measured: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, value: float) -> None:
        self.measured[name].append(value)

    def median(self, name: str) -> float:
        return statistics.median(self.measured[name])

    def ratio(self, comparison: Comparison) -> float:
        return self.median(comparison.ours) / self.median(comparison.limit)


def meets(comparison: Comparison, ratio: float) -> bool:
    return ratio <= comparison.target if comparison.at_most else ratio >= comparison.target


def table(rounds: Rounds, comparisons: Sequence[Comparison], *, unit: str) -> str:
    """A Markdown table: medians of both sides, their ratio, the spread of the ratio over rounds, the target."""
    lines = [
        f"| what | ours ({unit}) | limit ({unit}) | ratio | rounds | target | |",
        "|---|---:|---:|---:|---|---:|---|",
    ]
    for one in comparisons:
        ratio = rounds.ratio(one)
        each = [ours / limit for ours, limit in zip(rounds.measured[one.ours], rounds.measured[one.limit], strict=True)]
        sign = "≤" if one.at_most else "≥"
        verdict = "met" if meets(one, ratio) else "missed"
        lines.append(
            f"| {one.what} | {_number(rounds.median(one.ours))} | {_number(rounds.median(one.limit))} | {ratio:.3f} "
            f"| {min(each):.3f}–{max(each):.3f} ({len(each)}) | {sign} {one.target:.3g} | {verdict} |"
        )
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
