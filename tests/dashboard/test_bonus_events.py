"""Points without a purchase, in the dashboard: published for a day to come, listed with its state, ended."""

from datetime import timedelta

from django.urls import reverse

from events import clock, delivering
from events.models import Delivery
from loyalty import bonus_events
from loyalty.models import BonusEvent
from tests.dashboard.test_pages import at_midnight_in, moment_fields, text_of

ADD = reverse("admin:loyalty_bonusevent_add")
SAID = {
    "key": "review",
    "name_vi": "Viết đánh giá",
    "name_en": "A review",
    "points": "50",
    "often": "every",
    "most_a_day": "2",
    "most_ever": "",
    "note": "",
}


def offer(**more):
    now = clock.now()
    said = {"key": "review", "name_vi": "Viết đánh giá", "name_en": "A review", "points": 50, "often": "every"}
    return bonus_events.publish(BonusEvent(**said | more, valid_from=now), by="user:1", at=now)


def test_an_event_is_published_for_a_day_to_come(admin, shop, staff):
    tomorrow = at_midnight_in(1)
    answer = admin.post(ADD, {**moment_fields(tomorrow), **SAID})
    assert answer.status_code == 302, text_of(answer)
    version = BonusEvent.objects.get()
    assert (version.key, version.points, version.most_a_day, version.valid_from) == ("review", 50, 2, tomorrow)
    assert version.published_by == f"user:{staff['admin'].pk}"
    listed = text_of(admin.get(reverse("admin:loyalty_bonusevent_changelist")))
    for said in ("Viết đánh giá", "50 điểm", "mỗi lần, nhiều nhất 2 lần mỗi ngày", "sắp chạy"):
        assert said in listed


def test_what_makes_no_sense_is_said_beside_its_field(admin, shop):
    for wrong, said in (
        ({"points": "0"}, "Từ 1 đến 1.000.000 điểm."),
        ({"key": "Đánh giá"}, "Mã chỉ có chữ thường"),
        ({"often": "daily"}, "Chỉ đặt giới hạn khi thưởng mỗi lần."),
        ({"key": "birthday", "most_a_day": ""}, "Sinh nhật thưởng mỗi năm một lần."),
        ({"key": "joined", "most_a_day": ""}, "chỉ thưởng một lần duy nhất"),
        (moment_fields(at_midnight_in(-1)), "tương lai"),
    ):
        answer = admin.post(ADD, {**moment_fields(at_midnight_in(1)), **SAID, **wrong})
        assert said in text_of(answer), (wrong, text_of(answer))
    assert not BonusEvent.objects.exists()


def test_a_next_version_begins_as_a_copy(admin, shop):
    version = offer(points=70)
    leads = admin.get(reverse("admin:loyalty_bonusevent_next_version", args=[version.pk]))
    assert leads["Location"] == f"{ADD}?of={version.pk}"
    assert 'value="70"' in admin.get(leads["Location"]).content.decode()
    for strange in ("x", "-1", "9" * 30, "٣", "%00"):
        assert admin.get(f"{ADD}?of={strange}").status_code == 200


def test_ending_asks_first_and_then_gives_nothing_more(admin, shop, till):
    version = offer()
    page = reverse("admin:loyalty_bonusevent_change", args=[version.pk])
    end = reverse("admin:loyalty_bonusevent_end", args=[version.pk])
    assert end in admin.get(page).content.decode()
    asked = admin.get(end)
    assert asked.status_code == 200 and "Viết đánh giá" in text_of(asked)
    assert bonus_events.runs("review", moment=clock.now())
    assert admin.post(end, follow=True).status_code == 200
    assert not bonus_events.runs("review", moment=clock.now() + timedelta(seconds=1))
    shown = admin.get(page)
    assert "kết thúc" in text_of(shown) and end not in shown.content.decode()
    assert admin.post(end).status_code == 403
    history = text_of(admin.get(reverse("admin:history")))
    assert "dừng điểm thưởng sự kiện" in history


def test_the_ledger_and_the_members_page_say_what_the_points_were_for(admin, shop, till):
    offer()
    lan = till.member()
    now = clock.now()
    bonus_events.award(
        member_id=lan.pk, event="review", reference="r", occurred_at=now, by="system", at=now, store_id=shop.pk
    )
    for delivery in Delivery.objects.filter(reader="members.timeline.absorb", member_id=lan.pk):
        assert delivering.deliver(id=delivery.pk, at=clock.now())
    assert "thưởng sự kiện" in text_of(admin.get(reverse("admin:loyalty_entryrow_changelist")))
    page = text_of(admin.get(reverse("admin:members_member_change", args=[lan.pk])))
    assert "Thưởng điểm sự kiện" in page and "Viết đánh giá" in page
