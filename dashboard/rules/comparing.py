"""A version beside the one before it, and the steps of its life."""

from typing import Any

from django.utils.translation import gettext as _

from dashboard import wording
from dashboard.rules import words
from loyalty.models import RuleVersion


def with_before(version: RuleVersion) -> list[tuple[str, str, str]]:
    """What changed since the rule's version before: what, then, now. Empty for the first one."""
    before = version.rule.versions.filter(number__lt=version.number).order_by("-number").first()
    if before is None:
        return []
    was, now = _told(before), _told(version)
    return [(title, was[title], now[title]) for title in now if was[title] != now[title]]


def _told(version: RuleVersion) -> dict[str, str]:
    ends = wording.moment(version.valid_until) if version.valid_until else wording.NOTHING
    return {
        _("Tên"): wording.in_language(version.name_vi, version.name_en),
        _("Khi nào"): words.asks(version.condition),
        _("Thưởng"): words.gives(version.effect),
        _("Giới hạn"): words.limits(version),
        _("Cùng quy tắc khác"): f"{version.get_stack_mode_display()} {version.stack_group}".strip(),
        _("Thứ tự"): str(version.position),
        _("Chạy từ"): wording.moment(version.valid_from),
        _("Đến"): ends,
    }


def steps(version: RuleVersion) -> list[dict[str, Any]]:
    """What was decided, by whom and when, newest last."""
    taken = sorted(version.steps.all(), key=lambda step: step.pk)
    actors = wording.Actors(step.by for step in taken)
    return [
        {
            "what": step.get_kind_display(),
            "by": actors.name(step.by),
            "at": wording.moment(step.at),
            "reason": step.reason,
        }
        for step in taken
    ]
