"""The first page tells how the programme does, from rollups alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics import holding
from dashboard import access
from events import clock
from events.models import Delivery
from loyalty import adjusting, expiry, returning
from loyalty.models import Store
from loyalty.till import Till
from tests.analytics.life import deliver

DAY = timedelta(days=1)


@pytest.fixture
def month(till, lan, shop):
    """Lan and a guest bought within the last thirty days, Lan in the thirty before as well; the night was run."""
    till.sell(till.bill(105_000, staff="Minh", occurred_at=till.at - DAY), lan)
    till.sell(till.bill(95_000, staff="Minh", occurred_at=till.at - DAY))
    back = till.sell(till.bill(40_000, staff="Hoa", occurred_at=till.at - 2 * DAY), lan).purchase
    returning.return_lines(purchase_id=back.id, receipt="T", lines=None, till=till.till, fingerprint=b"T", at=till.at)
    adjusting.adjust(member_id=lan.pk, points=90, reason="quà", by="user:1", at=till.at)
    deliver(till)
    expiry.book_due(date=till.at.date(), at=till.at)
    holding.fill_in(last=timezone.localtime(till.at).date() - DAY, at=till.at)


def page_of(browser) -> str:
    return " ".join(browser.get("/admin/").content.decode().replace("\xa0", " ").split())


def test_the_first_page_tells_the_last_thirty_days_and_what_the_points_are_worth(admin, month, lan):
    page = page_of(admin)
    assert "240.000" in page, "a return takes off its own day, which is today"
    assert "60,4 % do thành viên mua" in page
    assert "1 trên 2 hóa đơn" in page
    assert "giảm 50.000" in page, "100 points unused at 500 each"
    assert "1 người mới" not in page, "who joined today is not of the last thirty days"
    assert "Minh" in page


def test_a_manager_sees_the_own_store_only_and_no_points_of_the_whole_house(signed_in, month, till, lan):
    other = Till.of(Store.objects.get(code="Q3"), by="terminal:9")
    till.sell(till.bill(7_000_000, staff="Xa", occurred_at=till.at - DAY), lan, till=other)
    deliver(till)
    assert "Xa" in page_of(signed_in(access.ADMIN))
    page = page_of(signed_in(access.MANAGER))
    assert "Xa" not in page
    assert "Điểm chưa dùng" not in page
    assert "Cà phê Phố Quận 3" not in page


def test_the_first_page_asks_the_same_number_of_questions_however_much_was_sold(admin, month, till, lan):
    def questions() -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            page_of(admin)
        return [query["sql"] for query in seen]

    page_of(admin)
    few = questions()
    for days in range(1, 20):
        till.sell(till.bill(20_000, staff=f"S{days}", occurred_at=till.at - days / 4 * DAY), lan)
    deliver(till)
    many = questions()
    assert len(few) == len(many) <= 55
    assert not [sql for sql in many if "COUNT(" in sql.upper() and "members_member" in sql]
    scans = [sql for sql in many if 'FROM "loyalty_entry"' in sql or "SUM(" in sql and "loyalty_purchase" in sql]
    # whether there is any at all is no scan
    assert not [sql for sql in scans if not sql.endswith("LIMIT 1")]


def test_what_needs_a_hand_stands_on_top(admin, month):
    Delivery.objects.filter(pk=Delivery.objects.first().pk).update(state="dead", done_at=clock.now())
    assert "lần chuyển sự kiện đã bỏ cuộc" in page_of(admin)
