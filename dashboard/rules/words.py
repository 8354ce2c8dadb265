"""What a rule gives and how it is limited, in a sentence."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from dashboard import policy_words, wording
from loyalty.conditions import tree
from loyalty.conditions import words as conditions
from loyalty.conditions.tree import ConditionUnreadable
from loyalty.models import RuleVersion, Store, Tier
from loyalty.rules import effects
from loyalty.rules.effects import EffectUnreadable, Fixed, PerAmount, Percent, PerUnit, Scope
from members.models import NamedDay


def gives(document: Any) -> str:
    """`nhân 2 điểm`, `thêm 20 % điểm cho trà`, `5 điểm mỗi món`."""
    try:
        effect = effects.parse(document)
    except EffectUnreadable:
        return wording.NOTHING
    for_what = _scope(effect.scope)
    match effect:
        case Percent(percent=percent) if percent % 100 == 0:
            return _("nhân %(times)s điểm%(scope)s") % {"times": percent // 100 + 1, "scope": for_what}
        case Percent(percent=percent):
            return _("thêm %(percent)s %% điểm%(scope)s") % {"percent": percent, "scope": for_what}
        case Fixed(points=points):
            return _("thêm %(points)s điểm%(scope)s") % {"points": wording.points(points), "scope": for_what}
        case PerUnit(points=points):
            return _("thêm %(points)s điểm mỗi món%(scope)s") % {"points": wording.points(points), "scope": for_what}
        case PerAmount(points=points, per_amount=amount):
            told = {"points": wording.points(points), "amount": wording.money(amount, currency=wording.currency())}
            return _("thêm %(points)s điểm mỗi %(amount)s%(scope)s") % {**told, "scope": for_what}


def _scope(scope: Scope) -> str:
    named = [*sorted(scope.categories), *sorted(scope.skus)]
    return _(" cho %(what)s") % {"what": ", ".join(named)} if named else ""


def asks(document: Any) -> str:
    """The condition as a sentence; of every bill where nothing is asked."""
    try:
        said = conditions.said(tree.parse(document), names())
    except ConditionUnreadable:
        return wording.NOTHING
    return said or _("mọi hóa đơn của thành viên")


def names() -> dict[str, dict[str, str]]:
    """What people call the values of conditions."""
    return {
        "tier": {t.code: wording.in_language(t.name_vi, t.name_en) for t in Tier.objects.all()},
        "store": dict(Store.objects.values_list("code", "name")),
        "channel": {code: str(called) for code, called in policy_words.CHANNELS.items()},
        "named_day": {d.key: wording.in_language(d.name_vi, d.name_en) for d in NamedDay.objects.all()},
    }


def limits(version: RuleVersion) -> str:
    """`nhiều nhất 200 điểm mỗi ngày; ngân sách 10.000 điểm`."""
    return "; ".join(_limits(version)) or _("không giới hạn")


def _limits(version: RuleVersion) -> Iterable[str]:
    period = str(version.get_period_display())
    if version.per_bill:
        yield _("nhiều nhất %(points)s điểm mỗi hóa đơn") % {"points": wording.points(version.per_bill)}
    if version.per_member:
        told = {"points": wording.points(version.per_member), "period": period}
        yield _("mỗi thành viên nhiều nhất %(points)s điểm %(period)s") % told
    if version.times:
        told = {"times": wording.points(version.times), "period": period}
        yield _("mỗi thành viên nhiều nhất %(times)s lần %(period)s") % told
    if version.budget:
        yield _("ngân sách %(points)s điểm") % {"points": wording.points(version.budget)}
