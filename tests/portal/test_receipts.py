"""The link of a bill: a day long, without signing in, and nothing of the member but the call name, points and tier."""

import pytest

from loyalty import receipt_links
from members.models import Identifier
from tests.portal.conftest import sign_in


@pytest.fixture
def bill(shop, lan):
    return shop.sell(shop.bill(185_000), lan)


def test_the_link_shows_what_the_bill_brought_and_why(client, bill, lan):
    page = client.get(f"/b/{receipt_links.token(bill.purchase.id)}")
    text = page.content.decode()
    assert page.status_code == 200
    assert "Cảm ơn Lan!" in text and "+18" in text and "18 điểm: mỗi 10.000" in text
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex"
    assert "no-store" in page["Cache-Control"]


def test_the_link_tells_nothing_else_of_the_member(client, bill, lan):
    text = client.get(f"/b/{receipt_links.token(bill.purchase.id)}").content.decode()
    card = Identifier.objects.get(member=lan, kind="card").value
    for secret in ("Nguyễn", "345 678", "345678", card, card[2:], str(lan.pk), "LM1.", "<form"):
        assert secret not in text.split("<main")[1], secret


def test_the_link_opens_nothing_else(client, bill):
    client.get(f"/b/{receipt_links.token(bill.purchase.id)}")
    assert client.get("/me/")["Location"].startswith("/me/sign-in")
    assert client.post(f"/b/{receipt_links.token(bill.purchase.id)}").status_code == 405


def test_after_a_day_the_link_has_ended(client, bill, clock):
    address = f"/b/{receipt_links.token(bill.purchase.id)}"
    clock.forward(hours=23, minutes=59)
    assert client.get(address).status_code == 200
    clock.forward(minutes=2)
    ended = client.get(address)
    assert ended.status_code == 410
    assert "Lan" not in ended.content.decode()


def test_a_forged_link_shows_nothing(client, bill, shop):
    good = receipt_links.token(bill.purchase.id)
    other = receipt_links.token(shop.sell(shop.bill(20_000)).purchase.id)  # a guest's
    name, mark = good.split(".")
    for wrong in ("x", good[:-1], good + "A", name, f"{other.split('.')[0]}.{mark}", other, "đ" * 40, "A" * 4000, "."):
        answer = client.get(f"/b/{wrong}")
        assert answer.status_code == 404, wrong
        assert "Lan" not in answer.content.decode()


def test_a_bill_of_a_guest_has_no_link(shop, bill):
    guest = shop.sell(shop.bill(20_000))
    assert receipt_links.url(guest.purchase) is None
    assert receipt_links.url(bill.purchase).startswith("http://localhost:8000/b/")


def test_the_link_of_a_bill_is_always_the_same(shop, bill):
    assert receipt_links.url(bill.purchase) == receipt_links.url(bill.purchase)


def test_who_holds_the_link_and_the_phone_goes_on_to_the_whole_card(bill, lan):
    assert sign_in().get("/me/").status_code == 200
