"""The fields of a condition: each is said once, as what Python reads from the facts and as a column's expression.

SQL reads the alias `f`, a row of `history.facts`. A value of None (a guest's tier) makes every leaf false.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from loyalty.conditions import kinds
from loyalty.conditions.facts import Facts, MemberFacts, years_between
from loyalty.conditions.kinds import Kind


@dataclass(frozen=True, slots=True)
class Field:
    """`read(facts, of)`: the value, None where there is none. With `wants_of` a leaf names whose value it means."""

    label: Any
    kind: Kind
    read: Callable[[Facts, str], Any]
    sql: str
    wants_of: bool = False


def _bill(read: Callable[[Facts], Any]) -> Callable[[Facts, str], Any]:
    return lambda facts, of: read(facts)


def _member(read: Callable[[MemberFacts, Facts], Any]) -> Callable[[Facts, str], Any]:
    return lambda facts, of: read(facts.member, facts) if facts.member is not None else None


def _birthday_month(member: MemberFacts, facts: Facts) -> bool | None:
    if member.birth_month is None:
        return None
    now = facts.on.month if member.birth_calendar == "solar" else facts.lunar_month
    return member.birth_month == now


def _silent_days(member: MemberFacts, facts: Facts) -> int | None:
    return (facts.on - member.last_bill_on).days if member.last_bill_on is not None else None


YEARS = (
    "(extract(year FROM f.at)::int - extract(year FROM f.joined_on)::int"
    " - ((extract(month FROM f.at), extract(day FROM f.at))"
    " < (extract(month FROM f.joined_on), extract(day FROM f.joined_on)))::int)"
)

FIELDS: dict[str, Field] = {
    "amount": Field(_("tổng hóa đơn"), kinds.NUMBER, _bill(lambda f: f.amount), "f.amount"),
    "base": Field(_("phần được tích điểm"), kinds.NUMBER, _bill(lambda f: f.base), "f.base"),
    "lines": Field(_("số dòng hàng"), kinds.NUMBER, _bill(lambda f: f.lines), "f.lines"),
    "category": Field(_("nhóm hàng"), kinds.SET, _bill(lambda f: f.goods.keys()), "f.categories"),
    "sku": Field(_("mã hàng"), kinds.SET, _bill(lambda f: f.quantities.keys()), "f.skus"),
    "category_amount": Field(
        _("tiền hàng của nhóm"),
        kinds.NUMBER,
        lambda facts, of: facts.goods.get(of, 0),
        "(SELECT coalesce(sum(l.goods), 0) FROM loyalty_purchaseline l WHERE l.purchase_id = f.id AND l.category = %s)",
        wants_of=True,
    ),
    "sku_quantity": Field(
        _("số lượng mã hàng"),
        kinds.QUANTITY,
        lambda facts, of: facts.quantities.get(of, 0),
        "(SELECT coalesce(sum(l.quantity), 0) FROM loyalty_purchaseline l WHERE l.purchase_id = f.id AND l.sku = %s)",
        wants_of=True,
    ),
    "store": Field(_("cửa hàng"), kinds.CHOICE, _bill(lambda f: f.store), "f.store"),
    "channel": Field(_("kênh bán"), kinds.CHOICE, _bill(lambda f: f.channel), "f.channel"),
    "payment": Field(_("cách trả tiền"), kinds.SET, _bill(lambda f: f.methods), "f.methods"),
    "weekday": Field(
        _("thứ trong tuần"), kinds.WEEKDAY, _bill(lambda f: f.on.isoweekday()), "extract(isodow FROM f.at)::int"
    ),
    "hours": Field(_("giờ"), kinds.HOURS, _bill(lambda f: f.time), "f.at::time"),
    "date": Field(_("ngày bán"), kinds.DATE, _bill(lambda f: f.on), "f.at::date"),
    "month_day": Field(_("ngày trong tháng"), kinds.NUMBER, _bill(lambda f: f.on.day), "extract(day FROM f.at)::int"),
    "named_day": Field(_("ngày đặc biệt"), kinds.SET, _bill(lambda f: f.days), "f.days"),
    "member": Field(_("là thành viên"), kinds.FLAG, _bill(lambda f: f.member is not None), "(f.joined_on IS NOT NULL)"),
    "tier": Field(_("hạng"), kinds.CHOICE, _member(lambda m, f: m.tier), "f.tier"),
    "tag": Field(_("nhãn hoặc nhóm khách"), kinds.SET, _member(lambda m, f: m.tags), "f.tags"),
    "gender": Field(_("giới tính"), kinds.CHOICE, _member(lambda m, f: m.gender), "f.gender"),
    "birthday_month": Field(
        _("tháng sinh nhật"),
        kinds.FLAG,
        _member(_birthday_month),
        "(f.birth_month = CASE f.birth_calendar WHEN 'solar' THEN extract(month FROM f.at)::int"
        " ELSE f.lunar_month END)",
    ),
    "member_days": Field(
        _("số ngày là thành viên"),
        kinds.NUMBER,
        _member(lambda m, f: (f.on - m.joined_on).days),
        "(f.at::date - f.joined_on)",
    ),
    "member_years": Field(
        _("số năm là thành viên"), kinds.NUMBER, _member(lambda m, f: years_between(m.joined_on, f.on)), YEARS
    ),
    "visit": Field(
        _("hóa đơn thứ mấy"), kinds.NUMBER, _member(lambda m, f: m.bills_before + 1), "(f.bills_before + 1)"
    ),
    "silent_days": Field(
        _("số ngày từ lần mua trước"), kinds.NUMBER, _member(_silent_days), "(f.at::date - f.last_bill_on)"
    ),
}
