"""What a member did that is no purchase, as tills and a shop's own software tell it."""

from typing import Annotated

from msgspec import Meta

from api.shapes.answers import Reason
from api.shapes.bills import MemberRef
from api.shapes.parts import Answer, Body, Identity, Moment, moment, printable

EventType = Annotated[str, Meta(min_length=1, max_length=40, pattern="^[a-z][a-z0-9_]*$")]


class BonusEvent(Body):
    """`reference` tells one occurrence from another where each counts: an order, a review, a visit."""

    member: Identity | MemberRef
    type: EventType
    reference: Annotated[str, Meta(min_length=1, max_length=64)] | None = ""
    occurred_at: Moment | None = None
    dry_run: bool | None = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.type = printable(self.type)  # `$` lets a last new line through
        self.reference = printable(self.reference or "")
        if self.occurred_at is not None:
            self.occurred_at = moment(self.occurred_at)


class BonusEventGiven(Answer):
    """What the event brought, or (`dry_run`, no `id`) would bring; `balance`: available after it, less any debt."""

    id: str | None
    dry_run: bool
    points: int
    balance: int
    explanation: list[Reason]
