"""Members: how one joins."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from api.shapes.parts import Body, Code, Identity, day


class CodeAsked(Body):
    """Nothing is said: the address says for whom."""


class ConsentGiven(Body):
    """The member said yes to this, having been shown the text with this id."""

    purpose: Literal["programme", "marketing", "profiling"]
    channel: Literal["sms", "zalo", "email", "push", "call", "any"]
    text: Code


class Enrolment(Body):
    """Somebody joins at a till."""

    phone: Identity
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    consents: Annotated[list[ConsentGiven], Meta(max_length=20)]
    birth_date: date | None = None
    email: Annotated[str, Meta(max_length=254)] | None = None
    gender: Literal["female", "male", "other"] | None = None
    locale: Literal["vi", "en"] | None = "vi"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.birth_date = day(self.birth_date)
