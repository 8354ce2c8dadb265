"""Records of the domain as answers of the API, in the language of the caller."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

from api import printing, problems, texts
from api.problems import Problem
from api.shapes import answers as shapes
from api.shapes.happenings import BonusEventGiven
from loyalty import keeping, policies, receipt_links, wording
from loyalty.bonus_events import Awarded
from loyalty.holding import Held
from loyalty.models import Tier
from loyalty.ordering import Told
from loyalty.queries import StatementLine
from loyalty.records import LineRecord, PurchaseRecord, ReturnRecord
from loyalty.standings import Standing
from loyalty.till import Till, local_zone
from loyalty.wording import Language, pick
from members import identifying
from members.models import Member
from rewards import stamping
from rewards import wording as voucher_wording
from rewards.checkout import CheckedOut, Offered, Quoted, Returned
from rewards.queries import UsedVoucher, VoucherView

EXPIRY_WORTH_SAYING = timedelta(days=60)
_BIRTHDAY = ("Hôm nay là sinh nhật của {name}: hãy chúc mừng", "It is {name}'s birthday today: say so")
_EXPIRING = ("{points} {unit} sẽ hết hạn sau ngày {on}", "{points} {unit} end after {on}")
_NEXT_TIER = ("Còn {missing} nữa là lên hạng {tier}", "{missing} more to reach {tier}")
_LOCKED = (
    "Đang tạm khóa dùng {unit} và voucher; vẫn tích được",
    "Spending {unit} and vouchers is locked; earning goes on",
)
_OWED = ("Âm {points} {unit} do trả hàng; lần mua sau sẽ trừ dần", "{points} {unit} owed from a return")


_RETURN_KINDS: dict[str, Literal["return", "cancellation", "correction"]] = {
    "return": "return",
    "cancellation": "cancellation",
    "correction": "correction",
}


def _tier_name(tier: Tier, language: Language) -> str:
    return pick((tier.name_vi, tier.name_en), language)


def member(standing: Standing, *, at: datetime, language: Language) -> shapes.Member:
    balance = standing.balance
    today = _day(at)
    birthday = standing.birth_calendar == Member.Calendar.SOLAR and (standing.birth_day, standing.birth_month) == (
        today.day,
        today.month,
    )
    expiry = None
    if balance.next_expiry_on is not None and balance.next_expiry_points:
        expiry = shapes.NextExpiry(points=balance.next_expiry_points, on=balance.next_expiry_on.isoformat())
    return shapes.Member(
        id=str(standing.member_id),
        card=standing.card,
        name=standing.name,
        call_name=standing.call_name,
        phone=identifying.masked_phone(standing.phone) if standing.phone else None,
        tier=_tier(standing, at=at, language=language),
        points=shapes.MemberPoints(
            available=balance.available,
            pending=balance.pending,
            held=balance.held,
            debt=balance.debt,
            next_expiry=expiry,
        ),
        flags=[*(["birthday"] if birthday else []), *(["spending_locked"] if standing.spending_locked else [])],
        say=_say(standing, birthday=birthday, at=at, language=language),
    )


def _day(at: datetime) -> date:
    return at.astimezone(local_zone()).date()


def _tier(whose: Standing, *, at: datetime, language: Language) -> shapes.TierStanding:
    standing, following = whose.tier, None
    keep = keeping.keep_by(member_id=whose.member_id, standing=standing, at=at)
    if standing.next_tier is not None:
        following = shapes.NextTier(
            code=standing.next_tier.code,
            name=_tier_name(standing.next_tier, language),
            spend_missing=standing.next_missing,
        )
    return shapes.TierStanding(
        code=standing.tier.code,
        name=_tier_name(standing.tier, language),
        since=wording.moment(standing.since) if standing.since else None,
        next=following,
        keep=shapes.KeepTier(on=keep.on.isoformat(), spend_missing=keep.missing) if keep else None,
    )


def _say(standing: Standing, *, birthday: bool, at: datetime, language: Language) -> list[str]:
    balance, tier = standing.balance, standing.tier
    currency = policies.last_known(at).programme.currency
    unit = wording.units(language)["unit"]
    said = []
    if birthday:
        said.append(pick(_BIRTHDAY, language).format(name=standing.call_name or standing.name))
    if standing.spending_locked:
        said.append(pick(_LOCKED, language).format(unit=unit))
    ends = balance.next_expiry_on
    if balance.next_expiry_points and ends is not None and ends - _day(at) <= EXPIRY_WORTH_SAYING:
        points = wording.number(balance.next_expiry_points, language)
        said.append(pick(_EXPIRING, language).format(points=points, unit=unit, on=wording.day(ends, language)))
    if balance.debt:
        said.append(pick(_OWED, language).format(points=wording.number(balance.debt, language), unit=unit))
    if tier.next_tier is not None and tier.window_spend and tier.next_missing <= tier.window_spend:
        missing = wording.money(tier.next_missing, currency, language)
        said.append(pick(_NEXT_TIER, language).format(missing=missing, tier=_tier_name(tier.next_tier, language)))
    for card in stamping.progress(member_id=standing.member_id, at=at):
        if card.stamps:
            said.append(voucher_wording.stamps(card, language=language))
    return said


def statement(
    lines: Sequence[StatementLine], *, stores: dict[int, str], cursor: str | None, language: Language
) -> shapes.Statement:
    items = [
        shapes.StatementItem(
            id=str(line.seq),
            kind=line.kind,
            text=wording.kind(line.kind, cause=line.cause, names=line.names, language=language),
            points=line.points,
            pending=line.pending,
            balance=line.available_after - line.debt_after,
            occurred_at=wording.moment(line.effective_at),
            recorded_at=wording.moment(line.recorded_at),
            store=stores.get(line.store_id) if line.store_id is not None else None,
            purchase=str(line.purchase_id) if line.purchase_id else None,
            receipt=line.receipt or None,
        )
        for line in lines
    ]
    return shapes.Statement(items=items, next=cursor)


def quote(said: Quoted, *, language: Language) -> shapes.Quote:
    quoted = said.quote
    composed = quoted.composed
    explanation, refused = _reasons(composed.reasons, occurred_at=composed.bill.occurred_at, language=language)
    return shapes.Quote(
        pay=shapes.Pay(
            total=composed.bill.total,
            discount=composed.voucher_discount,
            points_value=composed.points_value,
            due=composed.due,
        ),
        lines=_lines(composed.lines),
        points=shapes.QuotedPoints(
            earned=composed.earned,
            pending=composed.pending,
            spendable=quoted.spendable,
            limited_by=quoted.limited_by if quoted.limited_by not in ("", "bill") else None,
            balance_after=quoted.available_after - quoted.debt_after,
        ),
        explanation=explanation,
        refused=refused,
        vouchers=[_offered(one, language=language) for one in said.offered],
        best=[str(id) for id in said.best],
    )


def purchase(done: CheckedOut, *, till: Till, language: Language) -> shapes.Purchase:
    return bill(done.purchase, done.vouchers, till=till, language=language)


def bill(record: PurchaseRecord, vouchers: Sequence[UsedVoucher], *, till: Till, language: Language) -> shapes.Purchase:
    return shapes.Purchase(**_purchase(record, vouchers, till=till, language=language))


def purchase_with_returns(
    record: PurchaseRecord, vouchers: Sequence[UsedVoucher], *, till: Till, language: Language
) -> shapes.PurchaseWithReturns:
    back = [_return(entry, vouchers, language=language) for entry in record.returns]
    return shapes.PurchaseWithReturns(**_purchase(record, vouchers, till=till, language=language), returns=back)


def _purchase(
    record: PurchaseRecord, vouchers: Sequence[UsedVoucher], *, till: Till, language: Language
) -> dict[str, Any]:
    terms = policies.last_known(record.occurred_at)
    explanation, refused = _reasons(record.reasons, occurred_at=record.occurred_at, language=language)
    guest = record.member_id is None
    tier = _named_tier(record.tier_code, terms, language)
    return {
        "id": str(record.id),
        "receipt": record.receipt,
        "status": record.status,
        "member": None if guest else str(record.member_id),
        "occurred_at": wording.moment(record.occurred_at),
        "points": shapes.PurchasePoints(
            earned=record.earned,
            pending=record.pending,
            spent=record.spent,
            balance=record.available_after - record.debt_after,
        ),
        "explanation": [] if guest else explanation,
        "refused": [] if guest else refused,
        "tier": shapes.TierAfter(code=tier.code, name=tier.name, changed=record.tier_changed) if tier else None,
        "vouchers": [
            shapes.UsedVoucher(id=str(one.id), last4=one.last4, name=_name(one, language), discount=one.discount)
            for one in vouchers
        ],
        "pay": shapes.Pay(
            total=record.total, discount=record.voucher_discount, points_value=record.points_value, due=record.due
        ),
        "lines": _lines(record.lines),
        "print": printing.lines(
            record,
            tier_name=tier.name if tier else "",
            till=till,
            terms=terms,
            language=language,
        ),
        "receipt_url": receipt_links.url(record),
        "revision": record.revision,
        "corrected_by": str(record.corrected_by) if record.corrected_by else None,
    }


def hold(held: Held) -> shapes.Hold:
    return shapes.Hold(
        id=str(held.id), points=held.points, expires_at=wording.moment(held.expires_at), balance=held.balance
    )


def bonus_event(given: Awarded, *, language: Language) -> BonusEventGiven:
    reason = {"rule": "bonus", "names": given.names, "points": given.points}
    text = wording.explanation(reason, currency="", language=language)
    return BonusEventGiven(
        id=str(given.id) if given.id else None,
        dry_run=given.dry_run,
        points=given.points,
        balance=given.balance,
        explanation=[shapes.Reason(rule=given.event, points=given.points, text=text)],
    )


def order_event(told: Told) -> shapes.OrderEvent:
    return shapes.OrderEvent(
        id=str(told.event.pk),
        purchase=str(told.event.purchase_id),
        type=told.event.type,
        occurred_at=wording.moment(told.event.occurred_at),
        matured=told.matured,
    )


def returned(done: Returned, *, language: Language) -> shapes.Return:
    return _return(done.record, done.vouchers, language=language)


def _return(record: ReturnRecord, vouchers: Sequence[UsedVoucher], *, language: Language) -> shapes.Return:
    return shapes.Return(
        id=str(record.id),
        receipt=record.receipt,
        kind=_RETURN_KINDS[record.kind],
        refund=shapes.Refund(
            amount=record.amount, due=record.due, discount=record.discount, points_value=record.points_value
        ),
        points=shapes.RefundPoints(
            clawed_back=record.clawed_back,
            given_back=record.given_back,
            debt=record.debt_after,
            balance=record.available_after - record.debt_after,
        ),
        vouchers=[
            shapes.ReturnedVoucher(id=str(one.id), outcome="reinstated" if one.return_id == record.id else "kept")
            for one in vouchers
        ],
        tier=_named_tier(record.tier_code, policies.last_known(record.recorded_at), language),
    )


def _offered(one: Offered, *, language: Language) -> shapes.QuotedVoucher:
    reasons = []
    if not one.verdict.usable:
        code = one.verdict.reason
        text = texts.detail(code, language, one.verdict.details)
        reasons.append(shapes.VoucherReason(code=code, text=text))
    return shapes.QuotedVoucher(
        id=str(one.voucher.id),
        last4=one.voucher.last4,
        name=_name(one.voucher, language),
        usable=one.verdict.usable,
        discount=one.verdict.discount,
        reasons=reasons,
    )


def vouchers(
    views: Sequence[VoucherView], *, cursor: str | None, at: datetime, language: Language
) -> shapes.MemberVouchers:
    currency = policies.last_known(at).programme.currency
    items = [
        shapes.MemberVoucher(
            id=str(one.id),
            last4=one.last4,
            state=one.state,
            name=_name(one, language),
            text=voucher_wording.voucher(one, currency=currency, language=language),
            kind=one.kind,
            amount=one.amount,
            percent=one.percent,
            cap=one.cap,
            minimum_basket=one.minimum_basket,
            issued_at=wording.moment(one.issued_at),
            expires_on=one.last_day.isoformat(),
            uses_left=one.uses_left,
        )
        for one in views
    ]
    return shapes.MemberVouchers(items=items, next=cursor)


def _name(voucher: VoucherView | UsedVoucher, language: Language) -> str:
    return pick((voucher.name_vi, voucher.name_en), language)


def _named_tier(code: str | None, terms: policies.Policies, language: Language) -> shapes.TierNow | None:
    named = [tier for tier in terms.tiers.values() if tier.code == code]
    return shapes.TierNow(code=named[0].code, name=_tier_name(named[0], language)) if named else None


def _lines(lines: Sequence[LineRecord]) -> list[shapes.PaidLine]:
    return [
        shapes.PaidLine(
            line=line.line,
            voucher_discount=line.voucher_discount,
            points_discount=line.points_discount,
            net=line.net,
        )
        for line in lines
    ]


def _reasons(
    reasons: dict[str, Any], *, occurred_at: datetime, language: Language
) -> tuple[list[shapes.Reason], list[shapes.RefusedRule]]:
    currency = policies.last_known(occurred_at).programme.currency
    matched = [
        shapes.Reason(
            rule=reason.get("key", reason["rule"]),
            points=reason["points"],
            text=wording.explanation(reason, currency=currency, language=language),
        )
        for reason in reasons.get("matched", [])
    ]
    refused = [
        shapes.RefusedRule(rule=reason.get("key", reason["rule"]), text=wording.refusal(reason, language=language))
        for reason in reasons.get("refused", [])
    ]
    return matched, refused


def problem(refused: Problem, *, language: Language) -> shapes.Problem:
    told = problems.body(refused, language)
    errors = [shapes.WrongPlace(**place) for place in told.pop("errors", [])]
    return shapes.Problem(**told, errors=errors)
