"""What a rule would have touched in the last 30 days, what it gives back of each đồng, and whether that is too much."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from dashboard import wording
from dashboard.first_day.payback import MUCH
from dashboard.rules import words
from loyalty import policies
from loyalty.backtesting import running
from loyalty.models import RuleVersion
from loyalty.rules.effects import Percent
from loyalty.till import local_day
from rewards.models import VoucherDefinition

DAYS = 30
# what a form may cost while somebody types
PATIENCE = "4s"


def told(version: RuleVersion, *, at: datetime) -> dict[str, Any]:
    """For the panel beside the form. Raises OperationalError where counting takes too long."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = %s", [PATIENCE])
    item, today = running.drafted(version), local_day(at)
    found = running.touch(item, first=today - timedelta(days=DAYS - 1), last=today)
    back = payback(version, at=at)
    return {
        "asks": words.asks(version.condition),
        "gives": words.gives(version.effect),
        "bills": wording.points(found.bills),
        "share": wording.percent(found.bills, found.of_bills),
        "members": wording.points(found.members),
        "points": wording.points(found.points),
        "cost": wording.money(found.points * back.value, currency=wording.currency()),
        "given_back": wording.percent(found.all_points * back.value, found.amount),
        "payback": back.words,
        "warning": back.warning,
    }


@dataclass(frozen=True, kw_only=True)
class Payback:
    value: int
    words: str
    warning: str


def payback(version: RuleVersion, *, at: datetime) -> Payback:
    """The rule with the highest tier and the largest voucher there is: the most that may go back of one đồng."""
    now = policies.at(at)
    value = now.spending.point_value
    base = 100 * now.earning.points * value / now.earning.per_amount
    effect = running.drafted(version).standing.rule.effect
    more = effect.percent if isinstance(effect, Percent) else 0
    tier = max(now.ladder.earn_percents.values(), default=0)
    rate = base * (100 + more) / 100 * (100 + tier) / 100
    voucher = VoucherDefinition.objects.filter(active=True).aggregate(most=Max("percent"))["most"] or 0
    said = {
        "base": wording.decimal(base),
        "rate": wording.decimal(rate),
        "all": wording.decimal(rate + voucher),
        "voucher": voucher,
    }
    text = _("Quy tắc cơ bản hoàn %(base)s %%; cùng quy tắc này và hạng cao nhất: %(rate)s %%.") % said
    if voucher:
        text += " " + _("Thêm voucher lớn nhất (%(voucher)s %%): %(all)s %%.") % said
    return Payback(value=value, words=text, warning=_warning(rate, voucher, at=at))


def _warning(rate: float, voucher: int, *, at: datetime) -> str:
    margin = margin_percent(at=at)
    if margin is not None and rate + voucher > margin:
        told = {"margin": wording.decimal(margin), "all": wording.decimal(rate + voucher)}
        text = _("Tổng ưu đãi %(all)s %% vượt biên lợi nhuận %(margin)s %% của 90 ngày qua: mỗi hóa đơn như vậy bị lỗ.")
        return text % told
    if rate > MUCH:
        return _("Hoàn trên 10 % là rất nhiều: chỉ hợp khi biên lợi nhuận cao.")
    return ""


def margin_percent(*, at: datetime) -> float | None:
    """Of the goods sold in the last 90 days whose cost tills sent: what was left of the price; None where none did."""
    with connection.cursor() as cursor:
        cursor.execute(MARGIN, [local_day(at) - timedelta(days=90), local_day(at)])
        goods, cost = cursor.fetchone()
    return None if not goods else float(100 * (goods - cost) / goods)


MARGIN = """
SELECT sum(l.goods), sum(l.cost) FROM loyalty_purchase p JOIN loyalty_purchaseline l ON l.purchase_id = p.id
 WHERE p.business_date BETWEEN %s AND %s AND l.cost IS NOT NULL AND l.goods > 0
"""
