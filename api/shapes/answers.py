"""What is answered. Amounts are minor units, times carry the programme's offset, every field is always there."""

from typing import Literal

from api.shapes.parts import Answer

PurchaseStatus = Literal["posted", "review"]


class NextTier(Answer):
    code: str
    name: str
    spend_missing: int


class KeepTier(Answer):
    """`spend_missing` more up to and with the day `on`, and a tier that was lent stays."""

    on: str
    spend_missing: int


class TierStanding(Answer):
    """`keep` is null where nothing has to be done: a tier that was reached by buying is not lost."""

    code: str
    name: str
    since: str | None
    next: NextTier | None
    keep: KeepTier | None


class NextExpiry(Answer):
    """`on` is the last day these points can be used."""

    points: int
    on: str


class MemberPoints(Answer):
    available: int
    pending: int
    held: int
    debt: int
    next_expiry: NextExpiry | None


class Member(Answer):
    """A member as a till may see one. `say`: what the person at the till may say, most urgent first."""

    id: str
    card: str | None
    name: str
    call_name: str
    phone: str | None
    tier: TierStanding
    points: MemberPoints
    flags: list[str]
    say: list[str]


class StatementItem(Answer):
    """One change of a member's points; `balance` is what was available right after, less any debt.

    `pending`: the change of points that cannot be spent yet.
    """

    id: str
    kind: str
    text: str
    points: int
    pending: int
    balance: int
    occurred_at: str
    recorded_at: str
    store: str | None
    purchase: str | None
    receipt: str | None


class Statement(Answer):
    items: list[StatementItem]
    next: str | None


class Pay(Answer):
    """total = discount + points_value + due."""

    total: int
    discount: int
    points_value: int
    due: int


class PaidLine(Answer):
    line: int
    voucher_discount: int
    points_discount: int
    net: int


class Reason(Answer):
    rule: str
    points: int
    text: str


class RefusedRule(Answer):
    rule: str
    text: str


class VoucherReason(Answer):
    """Why a voucher cannot be used on this bill: `code` is that of the refusal a purchase would meet."""

    code: str
    text: str


class QuotedVoucher(Answer):
    """A voucher the member can use now, and what it would take off this bill by itself."""

    id: str
    last4: str
    name: str
    usable: bool
    discount: int
    reasons: list[VoucherReason]


class UsedVoucher(Answer):
    """A voucher used on this bill."""

    id: str
    last4: str
    name: str
    discount: int


class ReturnedVoucher(Answer):
    """What became of a voucher of the bill with this return: it stays used, or the member has it again."""

    id: str
    outcome: Literal["kept", "reinstated"]


class MemberVoucher(Answer):
    """A voucher of a member. `text` says what it is worth; `expires_on` is its last day."""

    id: str
    last4: str
    state: Literal["issued", "redeemed", "expired", "void"]
    name: str
    text: str
    kind: Literal["amount", "percent"]
    amount: int | None
    percent: int | None
    cap: int | None
    minimum_basket: int
    issued_at: str
    expires_on: str
    uses_left: int


class MemberVouchers(Answer):
    items: list[MemberVoucher]
    next: str | None


class CodeOnItsWay(Answer):
    """The same whoever is asked for: whether there is such a member is not said. `seconds`: how long a code is good."""

    seconds: int


class QuotedPoints(Answer):
    """`limited_by` says what keeps `spendable` from being more; null where nothing does but the bill."""

    earned: int
    pending: int
    spendable: int
    limited_by: str | None
    balance_after: int


class Quote(Answer):
    pay: Pay
    lines: list[PaidLine]
    points: QuotedPoints
    explanation: list[Reason]
    refused: list[RefusedRule]
    vouchers: list[QuotedVoucher]
    best: list[str]


class PurchasePoints(Answer):
    earned: int
    pending: int
    spent: int
    balance: int


class Hold(Answer):
    """Points put aside; `balance` is what is available beside them, less any debt."""

    id: str
    points: int
    expires_at: str
    balance: int


class OrderEvent(Answer):
    """What was said of an order. `matured`: its points could be spent from this on."""

    id: str
    purchase: str
    type: str
    occurred_at: str
    matured: bool


class TierAfter(Answer):
    code: str
    name: str
    changed: bool


class Purchase(Answer):
    """A bill as it stands in the books. `member` is the member's id; null for a guest.

    `revision` counts from 1 under one receipt; where the bill was corrected, `corrected_by` is the id of the next one.
    """

    id: str
    receipt: str
    status: PurchaseStatus
    member: str | None
    occurred_at: str
    points: PurchasePoints
    explanation: list[Reason]
    refused: list[RefusedRule]
    tier: TierAfter | None
    vouchers: list[UsedVoucher]
    pay: Pay
    lines: list[PaidLine]
    print: list[str]
    receipt_url: str | None
    revision: int
    corrected_by: str | None


class Refund(Answer):
    """amount = due + discount + points_value; the till pays `due`."""

    amount: int
    due: int
    discount: int
    points_value: int


class RefundPoints(Answer):
    clawed_back: int
    given_back: int
    debt: int
    balance: int


class TierNow(Answer):
    code: str
    name: str


class Return(Answer):
    id: str
    receipt: str
    kind: Literal["return", "cancellation", "correction"]
    refund: Refund
    points: RefundPoints
    vouchers: list[ReturnedVoucher]
    tier: TierNow | None


class PurchaseWithReturns(Purchase):
    returns: list[Return]


class WrongPlace(Answer):
    """`pointer` is an RFC 6901 pointer into the body, or /name of a parameter."""

    pointer: str
    code: str


class Problem(Answer):
    """RFC 9457. `code` is for programs, `title` and `detail` are for people, in the language asked for."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[WrongPlace] = []


class BatchItem(Answer):
    """What became of one bill: `purchase` for 201 and 200 (posted before), `error` for 400, 409 and 422."""

    receipt: str | None
    status: int
    purchase: Purchase | None
    error: Problem | None


class BatchAnswer(Answer):
    results: list[BatchItem]
