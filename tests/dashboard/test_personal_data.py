"""Requests about data, cards by the batch and locks, through the dashboard's own pages."""

import io
import zipfile

import pytest
from django.urls import reverse

from dashboard import access
from events.models import Event
from members import card_stock, data_requests, locking
from members.models import Card, CardBatch, DataRequest, Member

ADMIN, MARKETER = access.ADMIN, access.MARKETER
pytestmark = pytest.mark.django_db


def of_member(name: str, member: Member) -> str:
    return reverse(f"admin:members_member_{name}", args=[member.pk])


def button(name: str, request: DataRequest) -> str:
    return reverse(f"admin:members_datarequest_{name}", args=[request.pk])


def asked(kind: str, member: Member, till) -> DataRequest:
    return data_requests.ask(member_id=member.pk, kind=kind, words="xin xóa", via="portal", by="user:1", at=till.at)


def test_a_marketer_asks_and_an_admin_answers_and_erases(signed_in, lan, till):
    till.sell(till.bill(105_000), lan)
    marketer, admin = signed_in(MARKETER), signed_in(ADMIN)
    marketer.post(of_member("ask_about_data", lan), {"kind": "erase", "words": "tôi muốn xóa"})
    request = DataRequest.objects.get()
    assert (request.kind, request.via, request.state) == ("erase", "dashboard", "asked")
    for page in (reverse("admin:members_datarequest_changelist"), button("change", request)):
        assert "xóa dữ liệu" in admin.get(page).content.decode().lower()
    admin.post(button("answer", request), {"text": "Sẽ xóa hôm nay"})
    assert "Không khôi phục được" in admin.get(button("carry_out", request)).content.decode()
    admin.post(button("carry_out", request))
    request.refresh_from_db()
    lan.refresh_from_db()
    assert (request.state, lan.status, lan.name) == ("done", "erased", "")
    # pressed again, or refused now: it is over
    for name, data in (("carry_out", {}), ("refuse", {"text": "thôi"})):
        assert admin.post(button(name, request), data).status_code in {200, 302}
    request.refresh_from_db()
    assert request.state == "done"


def test_a_copy_is_downloaded_by_an_admin_and_the_download_is_written_down(signed_in, lan, till):
    admin = signed_in(ADMIN)
    request = asked("export", lan, till)
    assert admin.get(button("download", request))["Content-Type"].startswith("text/html")
    answer = admin.post(button("download", request))
    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert lan.name in archive.read("index.html").decode()
    assert Event.objects.filter(type="member.exported", member_id=lan.pk).count() == 1


def test_staff_lock_and_unlock_a_members_points(signed_in, lan, till):
    marketer = signed_in(MARKETER)
    marketer.post(of_member("lock_spending", lan), {"what": "lock"})
    assert locking.current(member_id=lan.pk, at=till.at).reasons == {"staff"}
    # what is locked cannot be locked again, only unlocked
    assert marketer.post(of_member("lock_spending", lan), {"what": "lock"}).status_code == 200
    marketer.post(of_member("lock_spending", lan), {"what": "unlock"})
    assert locking.current(member_id=lan.pk, at=till.at) is None


def test_cards_are_laid_in_by_a_form_and_leave_as_a_file_once(signed_in, shop, till):
    admin = signed_in(ADMIN)
    add = reverse("admin:members_cardbatch_add")
    listed = {"name": "Thẻ cũ", "prefix": "", "width": "8", "numbers": "KH-0001\nKH-0002\n"}
    assert admin.post(add, listed).status_code == 302
    assert set(Card.objects.values_list("number", flat=True)) == {"KH0001", "KH0002"}
    ranged = {"name": "Thẻ Tết", "prefix": "TET", "first": "1", "last": "500", "width": "6", "numbers": ""}
    assert admin.post(add, ranged).status_code == 302
    assert CardBatch.objects.get(name="Thẻ Tết").count == 500
    for wrong in (
        {**ranged, "numbers": "AB0001"},
        {**listed, "numbers": ""},
        {**listed, "numbers": "đỏ"},
        {**ranged, "last": "0"},
    ):
        assert admin.post(add, wrong).status_code == 200
    assert CardBatch.objects.count() == 2
    batch = CardBatch.objects.get(name="Thẻ cũ")
    take = reverse("admin:members_cardbatch_take_numbers", args=[batch.pk])
    assert admin.get(take).status_code == 200
    answer = admin.post(take)
    assert b"".join(answer.streaming_content).split() == [b"KH0001", b"KH0002"]
    assert admin.post(take).status_code == 302
    with pytest.raises(card_stock.BatchUnknown):
        card_stock.numbers_of(batch_id=batch.pk, by="user:1", at=till.at)


def test_new_terms_hold_from_a_day_to_come(signed_in, shop):
    admin = signed_in(ADMIN)
    add = reverse("admin:members_termstext_add")
    text = {
        "code": "terms-2",
        "body_vi": "Mới",
        "body_en": "New",
        "valid_from_0": "01/01/2020",
        "valid_from_1": "00:00",
    }
    assert admin.post(add, text).status_code == 200
    assert admin.post(add, {**text, "valid_from_0": "01/01/2099"}).status_code == 302
    listed = admin.get(reverse("admin:members_termstext_changelist")).content.decode()
    assert "đang áp dụng" in listed
    assert "sắp áp dụng" in listed
