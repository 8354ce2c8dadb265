"""Bonus rules in force, in one line."""

from datetime import timedelta
from typing import Any

from loyalty import rulemaking
from loyalty.models import RuleVersion
from loyalty.rulemaking import Draft
from tests.factories.shop import Shop

DOUBLE = {"kind": "percent", "percent": 100}
ANYTHING: dict[str, Any] = {"all": []}


def draft(shop: Shop, effect: dict[str, Any] | None = None, **said: Any) -> Draft:
    said.setdefault("name_vi", "Nhân đôi")
    said.setdefault("name_en", "Double")
    said.setdefault("condition", ANYTHING)
    said.setdefault("valid_from", shop.at - timedelta(days=1))
    return Draft(effect=effect or DOUBLE, **said)


def in_force(shop: Shop, key: str, effect: dict[str, Any] | None = None, **said: Any) -> RuleVersion:
    """Written by Mai, approved by Hùng, from now on; a version after the first where the rule is there."""
    new = not RuleVersion.objects.filter(rule__key=key).exists()
    version = rulemaking.write(key=key, draft=draft(shop, effect, **said), by="user:mai", at=shop.at, new=new)
    rulemaking.approve(id=version.pk, by="user:hung", at=shop.at)
    return version
