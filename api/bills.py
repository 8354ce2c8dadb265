"""A bill as sent, made into the domain's bill: texts cleaned, what was left out filled in."""

from uuid import UUID

from api import reading
from api.problems import Problem
from api.shapes import bills as shapes
from loyalty import policies
from loyalty.bill import Bill, BillLine, Charge, Discount, Payment
from loyalty.records import ReturnedLine
from members.identifying import clean
from rewards.claiming import Named

# Said, but nobody's: the domain still looks for the receipt, because a replay comes before everything else.
NO_VOUCHER = NO_HOLD = UUID(int=0)


def bill(sent: shapes.Question, *, receipt: str = "") -> Bill:
    """Raises 422 `payment_method_unknown` for a method that is not on the programme's list."""
    invoice = sent.invoice
    made = Bill(
        receipt=receipt,
        occurred_at=sent.occurred_at,
        business_date=sent.business_date,
        channel=sent.channel or "till",
        staff=clean(sent.staff or ""),
        lines=tuple(_line(line) for line in sent.lines),
        total=sent.total,
        discounts=tuple(
            Discount(kind=clean(one.kind), code=clean(one.code or ""), amount=one.amount)
            for one in sent.discounts or ()
        ),
        charges=tuple(Charge(kind=one.kind, amount=one.amount) for one in sent.charges or ()),
        tax=sent.tax.amount if sent.tax else 0,
        tax_included=sent.tax.included if sent.tax else True,
        rounding=sent.rounding or 0,
        payments=tuple(Payment(method=one.method, amount=one.amount) for one in sent.payments or ()),
        invoice=None
        if invoice is None
        else {
            "series": clean(invoice.series),
            "number": clean(invoice.number),
            "buyer_tax_code": clean(invoice.buyer_tax_code or ""),
        },
        points_to_spend=sent.points_to_spend or 0,
        hold=_hold(sent),
    )
    if made.payments:
        known = policies.last_known(made.occurred_at).programme.payment_methods
        if any(payment.method not in known for payment in made.payments):
            raise Problem(422, "payment_method_unknown")
    return made


def _hold(sent: shapes.Question) -> UUID | None:
    """The points put aside for the bill; an id that cannot be one names none that are."""
    named = sent.hold if isinstance(sent, shapes.Purchase) else None
    return None if named is None else reading.identity(named) or NO_HOLD


def _line(line: shapes.Line) -> BillLine:
    return BillLine(
        sku=clean(line.sku),
        name=clean(line.name),
        category=clean(line.category or ""),
        quantity=line.quantity,
        unit=clean(line.unit or ""),
        amount=line.amount,
        discount=line.discount or 0,
        tax=line.tax,
        cost=line.cost,
        earns=line.points is not False,
    )


def vouchers(sent: shapes.Question) -> list[Named]:
    """The vouchers a bill names; an id that cannot be one names nothing."""
    return [
        Named(code=one.code) if one.code is not None else Named(id=reading.identity(one.id or "") or NO_VOUCHER)
        for one in sent.vouchers or ()
    ]


def returned_lines(sent: shapes.Return) -> list[ReturnedLine] | None:
    """None for the whole of what is left."""
    if sent.lines is None:
        return None
    return [ReturnedLine(line=one.line, quantity=one.quantity, amount=one.amount) for one in sent.lines]
