"""A bill as a till sends it, alone, as a question, or in a batch; and what comes back of it."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from api.shapes.parts import (
    HIGHEST_POINTS,
    Amount,
    Body,
    Code,
    Identity,
    LineNumber,
    Moment,
    Name,
    Points,
    QrText,
    Quantity,
    Receipt,
    Rounding,
    Short,
    SixDigits,
    VoucherCode,
    day,
    moment,
    printable,
)
from rewards import codes


class MemberRef(Body):
    """Whose bill it is: exactly one of the three."""

    phone: Identity | None = None
    card: Identity | None = None
    qr: QrText | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if sum(value is not None for value in (self.phone, self.card, self.qr)) != 1:
            raise ValueError("exactly_one")


class Proof(Body):
    """That the member is here: the code on their screen, the one that was sent to them, or their PIN."""

    qr: QrText | None = None
    code: SixDigits | None = None
    pin: SixDigits | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if sum(value is not None for value in (self.qr, self.code, self.pin)) != 1:
            raise ValueError("exactly_one")


class VoucherRef(Body):
    """A voucher on a bill: by the code in the customer's hand, or by the id of one of the member's."""

    code: VoucherCode | None = None
    id: Identity | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.code is None) == (self.id is None):
            raise ValueError("exactly_one")
        if self.code is not None:
            self.code = _as_read(self.code)


def _as_read(code: str) -> str:
    """The code in one spelling, so that a replay may type it in another; as it came where it is none of ours."""
    try:
        return codes.read(code)
    except codes.CodeUnreadable:
        return code


class Line(Body):
    sku: Code
    name: Name
    quantity: Quantity
    amount: Amount
    category: Annotated[str, Meta(max_length=120)] | None = ""
    unit: Annotated[str, Meta(max_length=24)] | None = ""
    discount: Amount | None = 0
    tax: Amount | None = None
    cost: Amount | None = None
    points: bool | None = True


class Discount(Body):
    kind: Annotated[str, Meta(min_length=1, max_length=32)]
    amount: Amount
    code: Short | None = ""


class Charge(Body):
    kind: Literal["shipping", "service", "surcharge", "other"]
    amount: Amount


class Tax(Body):
    included: bool
    amount: Amount


class Payment(Body):
    method: Annotated[str, Meta(min_length=1, max_length=32)]
    amount: Amount


class Invoice(Body):
    series: Annotated[str, Meta(min_length=1, max_length=32)]
    number: Annotated[str, Meta(min_length=1, max_length=32)]
    buyer_tax_code: Annotated[str, Meta(max_length=32)] | None = ""


class Question(Body):
    """A bill without its receipt: what would it earn, what would it cost?"""

    occurred_at: Moment
    lines: Annotated[list[Line], Meta(min_length=1, max_length=500)]
    total: Amount
    member: Identity | MemberRef | None = None
    proof: Proof | None = None
    business_date: date | None = None
    channel: Literal["till", "online"] | None = "till"
    staff: Short | None = ""
    discounts: Annotated[list[Discount], Meta(max_length=50)] | None = []
    charges: Annotated[list[Charge], Meta(max_length=50)] | None = []
    tax: Tax | None = None
    rounding: Rounding | None = 0
    payments: Annotated[list[Payment], Meta(max_length=50)] | None = []
    invoice: Invoice | None = None
    points_to_spend: Points | None = 0
    vouchers: Annotated[list[VoucherRef], Meta(max_length=10)] | None = []

    def __post_init__(self) -> None:
        super().__post_init__()
        self.occurred_at = moment(self.occurred_at)
        self.business_date = day(self.business_date)


class Purchase(Question, kw_only=True):
    """A bill. `total` = lines - discounts + charges + tax where not included + rounding, before vouchers and points."""

    receipt: Receipt
    hold: Annotated[Identity, Meta(description="Of POST /holds: its points pay, the rest is let go.")] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.receipt = printable(self.receipt)


class Correction(Purchase, kw_only=True):
    """The whole bill as it should have been, under the receipt it had, and why it was not. Left out, `member` stays."""

    reason: Annotated[str, Meta(min_length=1, max_length=500)]

    def as_sale(self) -> Purchase:
        """The bill alone, as it would have been sent for the first time."""
        return Purchase(**{name: getattr(self, name) for name in Purchase.__struct_fields__})


class Batch(Body):
    """Bills of a till that was offline. Each is judged on its own; only this envelope can be malformed."""

    purchases: Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=1000)]


class ReceiptOnly(msgspec.Struct):
    """What of a malformed bill names it in the answer of a batch."""

    receipt: Receipt


class ReturnedLine(Body):
    line: LineNumber
    quantity: Quantity
    amount: Amount


class Return(Body):
    """Part of a bill by `lines`, or `whole`: all that is left."""

    receipt: Receipt
    occurred_at: Moment | None = None
    lines: Annotated[list[ReturnedLine], Meta(min_length=1, max_length=500)] | None = None
    whole: bool | None = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.receipt = printable(self.receipt)
        if self.occurred_at is not None:
            self.occurred_at = moment(self.occurred_at)
        if bool(self.whole) == (self.lines is not None):
            raise ValueError("lines_or_whole")


class Hold(Body):
    """Points of a member put aside for an open bill."""

    member: Identity | MemberRef
    points: Annotated[int, Meta(ge=1, le=HIGHEST_POINTS)]
    seconds: Annotated[int, Meta(ge=1, le=3600)] | None = 600
    proof: Proof | None = None


class OrderEvent(Body):
    """What is said of an order, in any order. `failed` and `cancelled` take the whole bill back."""

    type: Literal["confirmed", "paid", "shipped", "delivered", "failed", "cancelled"]
    occurred_at: Moment
    tracking_url: Annotated[str, Meta(max_length=500, pattern="^https://")] | None = ""
    promised_by: Moment | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.occurred_at = moment(self.occurred_at)
        if self.promised_by is not None:
            self.promised_by = moment(self.promised_by)


class Cancellation(Body):
    """Nothing is asked: the address says which bill."""


class Move(Body):
    """Whose the bill is, and why it was somebody else's."""

    member: Identity | MemberRef
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


# the type of a field that is itself called date
Day = date


class Claim(Body):
    """A guest's bill named by what its receipt says (number, business date, total), or by the code printed on it."""

    member: Identity | MemberRef
    receipt: Receipt | None = None
    date: Day | None = None
    amount: Amount | None = None
    code: Annotated[str, Meta(min_length=1, max_length=40)] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.date = day(self.date)
        named = (self.receipt is not None, self.date is not None, self.amount is not None)
        if self.code is not None if any(named) else self.code is None:
            raise ValueError("receipt_or_code")
        if any(named) and not all(named):
            raise ValueError("receipt_date_and_amount")
