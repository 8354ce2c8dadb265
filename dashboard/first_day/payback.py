"""What the programme gives back of each đồng spent, and whether that is reasonable."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dashboard import wording

LITTLE, MUCH, TOO_MUCH = 0.5, 10.0, 20.0


@dataclass(frozen=True, kw_only=True)
class Payback:
    """`percent` of the price comes back as points; `warning` is empty where that is usual."""

    percent: float
    words: str
    warning: str


def of(*, points: int, per_amount: int, point_value: int) -> Payback:
    """`10.000đ = 1 điểm, 1 điểm = 500đ: hoàn 5 %`; amounts in minor units."""
    percent = 100 * points * point_value / per_amount if per_amount else 0.0
    currency = wording.currency()
    said: dict[str, Any] = {
        "amount": wording.money(per_amount, currency=currency),
        "points": wording.points(points),
        "value": wording.money(point_value, currency=currency),
        "percent": wording.decimal(percent),
    }
    words = _("%(amount)s = %(points)s điểm, 1 điểm = %(value)s: hoàn %(percent)s %%") % said
    return Payback(percent=percent, words=words, warning=_warning(percent))


def _warning(percent: float) -> str:
    if percent >= TOO_MUCH:
        return _("Hoàn từ 20 % trở lên: phần lớn cửa hàng sẽ lỗ. Hãy kiểm tra lại số không.")
    if percent > MUCH:
        return _("Hoàn trên 10 % là rất nhiều: chỉ hợp khi biên lợi nhuận cao.")
    if percent < LITTLE:
        return _("Hoàn dưới 0,5 %: khách khó thấy được lợi ích.")
    return ""
