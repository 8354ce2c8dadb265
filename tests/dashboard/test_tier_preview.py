"""A table of tiers shows whom it would move before it is published."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events import clock
from loyalty.models import Tier, TierTable
from tests.factories.shop import Shop


def _said(**spends: str) -> dict[str, str]:
    ahead = timezone.localtime(clock.now() + timedelta(hours=1))
    ids = dict(Tier.objects.values_list("code", "pk"))
    return {
        "valid_from_0": f"{ahead:%d/%m/%Y}",
        "valid_from_1": f"{ahead:%H:%M}",
        "window_days": "365",
        "note": "thử",
        **{f"spend_{ids[code]}": spend for code, spend in spends.items()},
    }


@pytest.fixture
def sold(till: Shop) -> None:
    """Lan has bought for 900.000, Minh for 100.000."""
    till.sell(till.bill(900_000), till.member("Lan"))
    till.sell(till.bill(100_000), till.member("Minh"))


def test_it_is_shown_with_whom_it_would_move_and_nothing_is_published(admin, sold):
    before = TierTable.objects.count()

    page = admin.post(
        reverse("admin:loyalty_tiertable_add"), _said(silver="500.000", gold="5.000.000", diamond="9.000.000")
    )

    text = page.content.decode()
    assert page.status_code == 200
    assert "1 thành viên lên hạng ngay" in text
    assert TierTable.objects.count() == before


def test_from_the_preview_it_is_published_as_it_was_typed(admin, sold):
    page = admin.post(
        reverse("admin:loyalty_tiertable_add"), _said(silver="500.000", gold="5.000.000", diamond="9.000.000")
    )
    typed = dict(page.context["typed"])

    answer = admin.post(reverse("admin:loyalty_tiertable_add"), {**typed, "_publish": "1"})

    assert answer.status_code == 302
    table = TierTable.objects.order_by("valid_from").last()
    assert (table.note, table.thresholds.count()) == ("thử", 3)


def test_going_back_finds_what_was_typed(admin, sold):
    page = admin.post(
        reverse("admin:loyalty_tiertable_add"), _said(silver="512.000", gold="5.000.000", diamond="9.000.000")
    )

    form = admin.get(page.context["back"]).content.decode()

    assert "512" in form
    assert "thử" in form


def test_a_way_back_with_a_broken_date_still_shows_the_form(admin, sold):
    page = admin.get(reverse("admin:loyalty_tiertable_add") + "?valid_from=2026-13-99T99:00&window_days=x")
    assert page.status_code == 200
