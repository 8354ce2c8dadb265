"""Tries at codes of vouchers are counted, per till and over all tills: a wrong one stays counted for a while."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from members import guessing
from members.guessing import Limit, Tries

PER_TILL = 20
OVERALL = 2000
WITHIN = timedelta(minutes=15)

__all__ = ["OVERALL", "PER_TILL", "WITHIN", "Tries", "counted"]


def counted(*, codes: int, by: str, at: datetime) -> AbstractContextManager[Tries]:
    """Around a call that names `codes` vouchers by code. Begin it before the transaction: the count outlives that."""
    limits = (
        Limit(kind="voucher at a till", of=by, tries=PER_TILL, within=WITHIN),
        Limit(kind="voucher", of="everywhere", tries=OVERALL, within=WITHIN),
    )
    return guessing.counted(*(limits if codes else ()), at=at)
