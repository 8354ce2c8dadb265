"""What a bill would do, as the page shows it while the amount is typed. Writes nothing."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from babel.numbers import get_currency_precision

from counter import wording
from counter.bills import Keyed
from events.refusals import Refusal
from loyalty import policies
from loyalty.paying import PointsExceedBill
from loyalty.till import Till
from rewards import checkout
from rewards.checkout import Offered, Quoted

# nobody needs to be told that points end where the bill or the balance does
OBVIOUS = ("", "bill", "balance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A voucher in the list: what it takes off, or why it takes nothing."""

    id: UUID
    name: str
    text: str
    discount: int
    why_not: str
    chosen: bool
    best: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Amounts in minor units. `spendable` points at most, `limit` says in words what limits them."""

    amount: int
    earned: int
    due: int
    points: int
    points_value: int
    discount: int
    spendable: int
    step: int
    limit: str
    reasons: list[str]
    tickets: list[Ticket]
    trouble: str
    guest: bool
    balance_after: int


def of(keyed: Keyed, *, till: Till, at: datetime) -> Preview:
    """Where the points or the voucher do not fit, the bill without them, and why. Raises what a quote refuses else."""
    trouble = ""
    try:
        said = _quote(keyed, till=till, at=at)
    except Refusal as refused:
        if not keyed.points and keyed.voucher is None:
            raise
        said = _quote(keyed.without_extras(), till=till, at=at)
        trouble = _trouble(refused, said, at=at)
        if isinstance(refused, PointsExceedBill) and said.quote.spendable:
            keyed = replace(keyed, points=said.quote.spendable, voucher=None)
            said = _quote(keyed, till=till, at=at)
        else:
            keyed = keyed.without_extras()
    composed = said.quote.composed
    spending = policies.last_known(at).spending
    limit = said.quote.limited_by
    return Preview(
        amount=keyed.amount,
        earned=composed.earned,
        due=composed.due,
        points=keyed.points,
        points_value=composed.points_value,
        discount=composed.voucher_discount,
        spendable=said.quote.spendable,
        step=spending.step,
        limit=""
        if keyed.who is None or limit in OBVIOUS
        else wording.only_so_many(said.quote.spendable, limit, share=_share(at)),
        reasons=wording.reasons(composed.reasons),
        tickets=[_ticket(one, keyed=keyed, best=said.best) for one in said.offered],
        trouble=trouble,
        guest=keyed.who is None,
        balance_after=said.quote.available_after - said.quote.debt_after,
    )


def decimals(at: datetime) -> int:
    """How many decimals the programme's currency has."""
    return get_currency_precision(policies.last_known(at).programme.currency)


def _quote(keyed: Keyed, *, till: Till, at: datetime) -> Quoted:
    return checkout.quote(bill=keyed.bill(), who=keyed.who, vouchers=keyed.vouchers(), till=till, at=at)


def _trouble(refused: Refusal, said: Quoted, *, at: datetime) -> str:
    if isinstance(refused, PointsExceedBill):
        return wording.only_so_many(said.quote.spendable, said.quote.limited_by, share=_share(at))
    return wording.refusal(refused)


def _share(at: datetime) -> int:
    return policies.last_known(at).spending.max_share_percent


def _ticket(one: Offered, *, keyed: Keyed, best: tuple[UUID, ...]) -> Ticket:
    why_not = "" if one.verdict.usable else wording.no_voucher(one.verdict)
    return Ticket(
        id=one.voucher.id,
        name=wording.name_of(one.voucher),
        text=wording.voucher(one.voucher),
        discount=one.verdict.discount,
        why_not=why_not,
        chosen=keyed.voucher == one.voucher.id,
        best=one.voucher.id in best,
    )
