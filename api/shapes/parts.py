"""The small words shapes are made of."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, ClassVar, Self

import msgspec
from msgspec import Meta, Struct

HIGHEST_AMOUNT = 100_000_000_000
HIGHEST_POINTS = 1_000_000_000
# a clock outside of these years is not a clock
FIRST_YEAR, LAST_YEAR = 1900, 2200

Amount = Annotated[int, Meta(ge=0, le=HIGHEST_AMOUNT, description="Minor units of the programme's currency.")]
Points = Annotated[int, Meta(ge=0, le=HIGHEST_POINTS)]
Rounding = Annotated[int, Meta(ge=-999, le=999)]
Moment = Annotated[datetime, Meta(tz=True, description="RFC 3339 with an offset.")]
LineNumber = Annotated[int, Meta(ge=1, le=500, description="The line's position as sent, from 1.")]
Receipt = Annotated[str, Meta(min_length=1, max_length=64)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(max_length=240)]
Short = Annotated[str, Meta(max_length=64)]
Identity = Annotated[str, Meta(min_length=1, max_length=80)]
VoucherCode = Annotated[
    str, Meta(min_length=1, max_length=40, description="As printed or typed: dashes do not matter.")
]
QrText = Annotated[str, Meta(min_length=1, max_length=80, description="LM1.<member id>.<8 digits>")]
SixDigits = Annotated[str, Meta(min_length=6, max_length=6, pattern="^[0-9]{6}$")]


class Quantity(Decimal):
    """How much of a line: a JSON number above 0 with at most four decimals, read without passing through a float."""

    HIGHEST = Decimal(1_000_000_000)
    SCHEMA: ClassVar[dict[str, Any]] = {
        "type": "number",
        "minimum": 0.0001,
        "maximum": int(HIGHEST),
        "description": "Above 0, at most four decimals.",
    }

    @classmethod
    def read(cls, value: object) -> Self:
        if type(value) not in (int, Decimal):
            raise ValueError("wrong_type")
        number = Decimal(value)  # type: ignore[arg-type]
        if not 0 < number <= cls.HIGHEST:
            raise ValueError("out_of_range")
        if number != number.quantize(Decimal("0.0001")):
            raise ValueError("too_many_decimals")
        return cls(number.normalize())


class Body(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Something a caller sends. An optional field that is null counts as absent."""

    def __post_init__(self) -> None:
        for name, default in _when_absent(type(self)):
            if getattr(self, name) is None:
                setattr(self, name, list(default) if isinstance(default, tuple) else default)


@cache
def _when_absent(shape: type[Body]) -> list[tuple[str, Any]]:
    """The fields that have something else than null as their default, and that default (lists as tuples)."""
    defaults = [
        (field.name, () if field.default_factory is list else field.default)
        for field in msgspec.structs.fields(shape)
        if not field.required
    ]
    return [(name, default) for name, default in defaults if default is not None]


class Answer(Struct, kw_only=True):
    """Something we say."""


def moment(value: datetime) -> datetime:
    """In UTC, or ValueError where no business could have been done then."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError("out_of_range")
    return value.astimezone(UTC)


def day(value: date | None) -> date | None:
    if value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError("out_of_range")
    return value


def printable(value: str) -> str:
    """ValueError for a receipt number that could not stand on paper."""
    if not value.isprintable():
        raise ValueError("not_printable")
    return value
