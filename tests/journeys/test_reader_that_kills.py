"""A reader that ends its worker every time is a dead letter in the end, and nobody else waits for ever behind it."""

import pytest
from django.conf import settings as ours

from events import clock, delivering
from events.models import Delivery
from loyalty import adjusting
from tests.factories.shop import Shop
from tests.running import Processes, ShopDatabase, wait_until

pytestmark = pytest.mark.full  # three quarters of a minute
KILLER = "tests.events.readers.kill"


def test_a_reader_that_kills_becomes_a_dead_letter(
    shop_db: ShopDatabase, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ours, "EVENT_READERS", [*ours.EVENT_READERS, (KILLER, ("points.adjusted",))])
    shop = Shop(at=clock.now())
    lan = shop.member()
    adjusting.adjust(member_id=lan.pk, points=5, reason="xin lỗi khách", by="user:1", at=shop.at, limit=10)
    for _ in range(20):
        shop.sell(shop.bill(50_000), lan)
    env = {"RELAY_LEASE_SECONDS": "1", "DJANGO_SETTINGS_MODULE": "tests.journeys.killing_settings"}
    processes = Processes(env={**shop_db.env, **env}, logs=tmp_path)
    try:
        processes.worker(concurrency=1)
        processes.relay()
        processes.keep_alive()
        others = Delivery.objects.exclude(reader=KILLER)
        wait_until(lambda: not others.filter(state="open").exists(), what="the others were heard", seconds=60)
        wait_until(lambda: not Delivery.objects.filter(state="open").exists(), what="the killer is dead", seconds=90)
    finally:
        processes.stop()

    killer = Delivery.objects.get(reader=KILLER)
    assert (killer.state, killer.attempts) == ("dead", delivering.MOST_ATTEMPTS + 1)
    assert set(others.values_list("state", flat=True)) == {"done"}
