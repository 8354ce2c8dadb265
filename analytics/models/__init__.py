"""Derived tables: what bills and returns come to, by day, month and member, and what each night made of it.

All of it follows from the books and can be dropped and rebuilt (`analytics.rebuilding`), except the terms that staff
choose. Practice stores and practice members are left out. A bill counts from the business date it bears once it is
posted, or approved by staff; it is *kept* until the business date of the return or cancellation that took the last of
it back. Revenue is what was paid in money (`due`: the total without our vouchers and points), less what returns paid
back on their own day. Profit is revenue less cost over those lines whose cost is known; *costed* is the revenue of
these lines (tax included, shipping and other charges not), so that every profit can say what it rests on.
"""

from analytics.models.nights import (
    ExpiredNight,
    RetentionNight,
    RetentionTerms,
    RevenueMonth,
    StandingNight,
    VisitorNight,
)
from analytics.models.sums import (
    Ahead,
    CashierDay,
    JoinedDay,
    MemberMonth,
    MemberState,
    ReviewedFigure,
    StoreDay,
)

__all__ = [
    "Ahead",
    "CashierDay",
    "ExpiredNight",
    "JoinedDay",
    "MemberMonth",
    "MemberState",
    "RetentionNight",
    "RetentionTerms",
    "RevenueMonth",
    "ReviewedFigure",
    "StandingNight",
    "StoreDay",
    "VisitorNight",
]
