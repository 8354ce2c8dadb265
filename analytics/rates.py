"""The rates of retention, from whole counts. None where there was nobody at the start: no rate can be told.

    retention  = (customers at the end - new ones among them) / customers at the start
    churn      = 1 - retention: of those present at the start, the part that is gone
    net change = (customers at the start - customers at the end) / customers at the start

New among the customers at the end are all who were none at the start: those who bought for the first time and those who
came back after a longer silence than the window. So at the end less the new ones are those of the start who stayed. The
net change sets the new ones off against the lost ones: it can be low, or below zero, while many leave; that is why it
differs from the churn.
"""


def retention(*, at_start: int, at_end: int, new: int) -> float | None:
    return (at_end - new) / at_start if at_start else None


def churn(*, at_start: int, at_end: int, new: int) -> float | None:
    stayed = retention(at_start=at_start, at_end=at_end, new=new)
    return None if stayed is None else 1 - stayed


def net_change(*, at_start: int, at_end: int) -> float | None:
    return (at_start - at_end) / at_start if at_start else None


def repeat_share(*, new_revenue: int, repeat_revenue: int) -> float | None:
    """The part of the members' revenue that came from members who had bought in an earlier month."""
    whole = new_revenue + repeat_revenue
    return repeat_revenue / whole if whole > 0 else None
