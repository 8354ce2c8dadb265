"""Sharing whole amounts over lines without losing a unit."""

from collections.abc import Sequence


def by_largest_remainder(amount: int, weights: Sequence[int]) -> list[int]:
    """Split `amount` (>= 0) in proportion to `weights` (>= 0); the parts are whole and add up to it.

    What rounding down leaves goes, one unit each, to the largest remainders, earlier lines first. Where all weights
    are 0 the first line takes all.
    """
    if not weights:
        return []
    whole = sum(weights)
    if whole == 0:
        return [amount] + [0] * (len(weights) - 1)
    parts = [amount * weight // whole for weight in weights]
    left = amount - sum(parts)
    if left:
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
        for i in by_remainder[:left]:
            parts[i] += 1
    return parts


def given_up(share: int, returned: int, of: int) -> int:
    """How much of `share` goes with `returned` out of `of`: floor(share x returned / of); all of it where of = 0.

    Depends only on what has come back in all, so that any sequence of partial returns equals the whole.
    """
    return share if of == 0 else share * returned // of
