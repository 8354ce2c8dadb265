"""Put right at the counter: the wrong member, a forgotten card, a lost one, a word to the shop."""

from uuid import uuid4

from loyalty import claiming, queries
from loyalty.models import BillMove, Purchase
from members.models import Note
from members.relationship import threads
from tests.counter.conftest import text


def points(shop, member) -> int:
    return queries.balance(member.pk, at=shop.at).available


def test_a_bill_keyed_for_the_wrong_member_moves_once(at_work, shop, lan):
    an = shop.member("Trần Văn An", phone="0987654321")
    at_work.sell(an)
    bill = Purchase.objects.get()
    assert "Chuyển hóa đơn sang thành viên khác" in text(at_work.get(f"sales/{bill.pk}/move"))
    nobody = at_work.post(f"sales/{bill.pk}/move", to="0900111222", reason="nhầm", key="k0")
    assert nobody.status_code == 404 or nobody.status_code == 422
    for _ in range(2):
        done = at_work.post(f"sales/{bill.pk}/move", to="0912 345 678", reason="Gõ nhầm số", key="k1")
        assert "Đã chuyển hóa đơn" in text(done)
    assert BillMove.objects.count() == 1
    assert (points(shop, an), points(shop, lan)) == (0, 18)
    assert "Nguyễn Thị Lan" in text(at_work.get("today"))


def test_nobody_moves_a_bill_that_somebody_else_keyed_but_the_manager(at_work, shop, lan, mai):
    bill = shop.sell(shop.bill(185_000), shop.member("Trần Văn An")).purchase
    for path in (f"sales/{bill.id}/move", f"sales/{uuid4()}/move"):
        assert at_work.get(path).status_code == 404
        assert at_work.post(path, to="0912345678", reason="x", key="k").status_code == 404
    at_work.sit(mai)
    assert "Đã chuyển" in text(at_work.post(f"sales/{bill.id}/move", to="0912345678", reason="nhầm", key="k"))


def test_a_forgotten_bill_is_claimed_by_its_code_or_by_number_day_and_amount(at_work, shop, lan):
    first = shop.sell(shop.bill(185_000, receipt="A1")).purchase
    second = shop.sell(shop.bill(100_000, receipt="A2")).purchase
    path = f"members/{lan.pk}/claim"
    assert "Tích điểm bù" in text(at_work.get(path))
    assert "Đã tích bù hóa đơn A1" in text(at_work.post(path, code=claiming.code_of(first.id), key="k1"))
    day = second.business_date.isoformat()
    wrong = at_work.post(path, receipt="A2", date=day, amount="101k", key="k2")
    assert wrong.status_code == 422 and "Không có hóa đơn khách lẻ nào khớp" in text(wrong)
    assert "Đã tích bù" in text(at_work.post(path, receipt="A2", date=day, amount="100k", key="k3"))
    assert points(shop, lan) == 28
    again = at_work.post(path, receipt="A2", date=day, amount="100k", key="k4")
    assert again.status_code in (409, 422)


def test_a_lost_card_is_replaced_by_a_scanned_one_or_one_of_ours(at_work, lan):
    old = lan.identifiers.get(kind="card", until_at=None).value
    assert old in text(at_work.get(f"members/{lan.pk}/card"))
    assert "Thẻ mới: LM" in text(at_work.post(f"members/{lan.pk}/card"))
    assert "Thẻ mới: 88880001" in text(at_work.post(f"members/{lan.pk}/card", card="8888 0001"))
    assert "Không tìm thấy" in text(at_work.post("find", q=old))
    assert "Nguyễn Thị Lan" in text(at_work.post("find", q="88880001"))
    wrong = at_work.post(f"members/{lan.pk}/card", card="??")
    assert wrong.status_code == 422 and "Không đọc được mã thẻ" in text(wrong)


def test_a_word_to_the_shop_is_kept_once_and_shows_until_it_is_closed(at_work, minh, lan):
    token = str(uuid4())
    for _ in range(2):
        told = {"kind": "complaint", "words": "Trà nguội\nhôm qua", "token": token}
        assert "Đã ghi." in text(at_work.post(f"members/{lan.pk}/case", **told))
    (case,) = threads.of_member(member_id=lan.pk)
    assert (case.via, case.store_id) == ("counter", at_work.shop.store.pk)
    assert "Phiếu hỗ trợ chưa xong: Trà nguội" in text(at_work.post("find", q="0912345678"))
    empty = at_work.post(f"members/{lan.pk}/case", kind="wish", words="  ")
    assert empty.status_code == 422 and "Chưa ghi gì." in text(empty)


def test_a_note_is_read_by_whoever_serves_next(at_work, mai, lan):
    at_work.post(f"members/{lan.pk}/note", words="Uống ít đá <b>", token=str(uuid4()))
    assert Note.objects.get().author.username == "minh"
    at_work.sit(mai)
    assert "Uống ít đá &lt;b&gt;" in text(at_work.post("find", q="0912345678"))
