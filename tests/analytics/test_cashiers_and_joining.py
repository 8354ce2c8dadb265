"""Who rang up what, who joined when, and what a night counts of everybody."""

import io
from datetime import date, timedelta

from analytics import holding, rebuilding
from analytics.models import CashierDay, ExpiredNight, JoinedDay, StandingNight, VisitorNight
from loyalty import adjusting, expiry, returning
from loyalty.importing import members
from loyalty.models import Store
from tests.analytics.life import deliver
from tests.factories.shop import Shop

FRIDAY = date(2026, 11, 20)


def test_a_cashiers_day_counts_the_bills_kept_of_members_and_of_guests(shop: Shop) -> None:
    lan = shop.member()
    shop.sell(shop.bill(50_000, staff="minh"), lan)
    shop.sell(shop.bill(30_000, staff="minh"))
    back = shop.sell(shop.bill(20_000, staff="hoa"), lan).purchase
    returning.return_lines(purchase_id=back.id, receipt="T1", lines=None, till=shop.till, fingerprint=b"T", at=shop.at)
    deliver(shop)

    minh, hoa = CashierDay.objects.order_by("-staff")
    assert (minh.staff, minh.member_visits, minh.guest_visits, minh.revenue) == ("minh", 1, 1, 80_000)
    assert (hoa.member_visits, hoa.guest_visits, hoa.revenue) == (0, 0, 0)


def test_who_joins_is_counted_once_whatever_comes_first_the_file_or_the_event(shop: Shop) -> None:
    shop.member("Lan", store_id=shop.store.pk)
    shop.member("Bình", practice=True)
    file = io.BytesIO(b"name,phone,joined_at\nMinh,0911000001,2026-01-05\nHoa,0911000002,2026-01-05\n")
    members.run(source=file, at=shop.at, by="user:1", options=members.MemberOptions(errors=io.StringIO()))
    shop.member("Mai")
    deliver(shop)

    found = {(day.day, day.via, day.store_id): day.members for day in JoinedDay.objects.all()}
    assert found == {
        (FRIDAY, "counter", shop.store.pk): 1,
        (FRIDAY, "counter", 0): 1,
        (date(2026, 1, 5), "import", 0): 2,
    }
    shop.member("Tú")
    rebuilding.rebuild()
    deliver(shop)
    assert sum(JoinedDay.objects.values_list("members", flat=True)) == 5


def test_a_night_counts_where_members_stand_what_they_hold_who_came_and_what_ended(shop: Shop) -> None:
    other = Store.objects.create(code="q3", name="Quận 3")
    lan, minh = shop.member("Lan", store_id=shop.store.pk), shop.member("Minh", store_id=other.pk)
    adjusting.adjust(member_id=lan.id, points=100, reason="quà", by="user:1", at=shop.at)
    shop.later(days=400)
    adjusting.adjust(member_id=minh.id, points=7, reason="quà", by="user:1", at=shop.at)
    shop.sell(shop.bill(50_000), minh)
    today = shop.at.date()
    expiry.book_due(date=today, at=shop.at)
    for _night in (1, 2):
        assert holding.count(date=today, at=shop.at)

    standing = {row.store_id: (row.members, row.available) for row in StandingNight.objects.filter(date=today)}
    assert standing == {shop.store.pk: (1, 0), other.pk: (1, 12)}
    assert dict(VisitorNight.objects.filter(date=today).values_list("store_id", "members")) == {0: 1, shop.store.pk: 1}
    ended = FRIDAY.replace(year=2027)
    holding.fill_in(last=ended + timedelta(days=10), at=shop.at)
    assert ExpiredNight.objects.get(date=ended).points == 100
    assert sum(ExpiredNight.objects.values_list("points", flat=True)) == 100
