"""Bonus rules of the invented chain, two that run and one that waits for approval; and two events that bring points."""

from datetime import datetime

from loyalty import bonus_events, rulemaking
from loyalty.models import BonusEvent, Rule
from loyalty.rulemaking import Draft

BY = "system"


def write(*, at: datetime) -> None:
    """Write what is missing of them. They look ahead: the history stays as it was earned."""
    known = set(Rule.objects.values_list("key", flat=True))
    for key, draft in _drafts(at).items():
        if key in known:
            continue
        version = rulemaking.write(key=key, draft=draft, by=BY, at=at, new=True)
        if key == "ca-phe-hat":
            rulemaking.ask(id=version.pk, by=BY, at=at)
        else:
            rulemaking.approve(id=version.pk, by=BY, at=at, alone=True)
    for event in _events(at):
        if not BonusEvent.objects.filter(key=event.key).exists():
            bonus_events.publish(event, by=BY, at=at)


def _events(at: datetime) -> list[BonusEvent]:
    """What a member is given points for beside buying."""
    return [
        BonusEvent(
            key="review",
            name_vi="Viết đánh giá",
            name_en="A review written",
            points=10,
            often=BonusEvent.Often.EVERY,
            most_a_day=1,
            most_ever=12,
            valid_from=at,
        ),
        BonusEvent(
            key="check_in",
            name_vi="Ghé quán",
            name_en="Came by",
            points=1,
            often=BonusEvent.Often.DAILY,
            valid_from=at,
        ),
    ]


def _drafts(at: datetime) -> dict[str, Draft]:
    return {
        "sang-thu-hai": Draft(
            name_vi="Sáng thứ Hai nhân đôi điểm trà",
            name_en="Monday mornings: double points on tea",
            condition={"all": [{"field": "weekday", "in": [1]}, {"field": "hours", "between": ["07:00", "11:00"]}]},
            effect={"kind": "percent", "percent": 100, "categories": ["Trà", "Trà sữa"]},
            per_member=200,
            valid_from=at,
        ),
        "banh-buoi-chieu": Draft(
            name_vi="Bánh ngọt buổi chiều thêm 3 điểm",
            name_en="An afternoon cake: 3 points more",
            condition={
                "all": [{"field": "hours", "between": ["14:00", "17:00"]}, {"field": "amount", "at_least": 80_000}]
            },
            effect={"kind": "fixed", "points": 3, "categories": ["Bánh ngọt"]},
            times=1,
            budget=20_000,
            valid_from=at,
        ),
        "ca-phe-hat": Draft(
            name_vi="Hàng mang về: 2 điểm mỗi món cho hạng Vàng trở lên",
            name_en="Goods to take home: 2 points each from Gold on",
            condition={"field": "tier", "in": ["gold", "diamond"]},
            effect={"kind": "per_unit", "points": 2, "categories": ["Hàng bán lẻ"]},
            per_bill=20,
            valid_from=at,
        ),
    }
