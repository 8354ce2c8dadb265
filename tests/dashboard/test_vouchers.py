"""Kinds of vouchers and vouchers in the dashboard: published, given, looked at, taken out of use."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from dashboard import access
from events import clock
from loyalty import auditing
from rewards import defining, founding, granting, queries, voiding
from rewards.models import Voucher, VoucherDefinition
from tests.dashboard.test_pages import moment_fields, text_of
from tests.rewards import wallets

TOKEN = "019e1f3c-0000-7000-8000-00000000000{}"


@pytest.fixture(autouse=True)
def kinds(till):
    founding.found(at=till.at)


def form(**more: str) -> dict[str, str]:
    return {
        "key": "tet-2027",
        "name_vi": "Lì xì",
        "name_en": "Lucky money",
        "valid_from_0": "",
        "valid_from_1": "",
        "active": "on",
        "kind": "amount",
        "amount": "68.000",
        "percent": "",
        "cap": "",
        "minimum_basket": "200.000",
        "valid_days": "15",
        "uses": "1",
        "on_return": "keep",
        "terms_vi": "",
        "terms_en": "",
    } | more


def add(browser, **more: str):
    return browser.post(reverse("admin:rewards_voucherdefinition_add"), form(**more))


def test_a_marketer_publishes_a_kind_and_it_is_issued_at_once(signed_in, lan, till):
    answer = add(signed_in(access.MARKETER))
    assert answer.status_code == 302, re.findall(r"errorlist.*?</ul>", text_of(answer), re.DOTALL)

    kind = defining.in_force("tet-2027", at=clock.now())
    assert (kind.version, kind.amount, kind.minimum_basket, kind.on_return) == (1, 68_000, 200_000, "keep")
    assert kind.published_by.startswith("user:")
    page = text_of(signed_in(access.ANALYST).get(reverse("admin:rewards_voucherdefinition_changelist")))
    assert "Lì xì" in page
    assert re.search(r"68\.000\s₫, tiền hàng từ 200\.000\s₫", page)


def test_the_next_version_begins_as_a_copy_and_leaves_the_old_one_in_force_until_then(admin):
    page = text_of(admin.get(reverse("admin:rewards_voucherdefinition_add"), {"key": "birthday"}))
    assert 'value="birthday"' in page and 'value="50.000"' in page and 'value="20"' in page
    later = timezone.localtime() + timedelta(days=3)

    sent = {"key": "birthday", "kind": "percent", "amount": "", "percent": "25", "cap": ""}
    assert add(admin, **sent, **moment_fields(later)).status_code == 302

    now = clock.now()
    assert (defining.in_force("birthday", at=now).percent, defining.in_force("birthday", at=now).version) == (20, 1)
    new = defining.in_force("birthday", at=now + timedelta(days=4))
    assert (new.percent, new.cap, new.version) == (25, None, 2)
    words = text_of(admin.get(reverse("admin:rewards_voucherdefinition_changelist")))
    assert "sắp chạy" in words and "đang chạy" in words


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"amount": ""}, "Hãy ghi số tiền giảm."),
        ({"kind": "percent", "percent": "0"}, "Phần trăm giảm từ 1 đến 100."),
        ({"kind": "percent", "percent": "101"}, "Phần trăm giảm từ 1 đến 100."),
        ({"valid_from_0": "01/01/2020", "valid_from_1": "00:00"}, "Chọn một lúc trong tương lai, hoặc để trống."),
        ({"key": "Tết nay"}, ""),
        ({"uses": "0"}, ""),
        ({"minimum_basket": "-1"}, ""),
        ({"valid_days": "-1"}, ""),
    ],
)
def test_a_kind_without_sense_is_sent_back_with_words(admin, wrong, words):
    answer = add(admin, **wrong)
    assert answer.status_code == 200
    assert words in text_of(answer)
    assert not VoucherDefinition.objects.filter(published_by__startswith="user:").exists()


def test_no_kind_is_edited(admin):
    kind = VoucherDefinition.objects.first()
    address = reverse("admin:rewards_voucherdefinition_change", args=[kind.pk])
    page = text_of(admin.get(address))
    assert f"?key={kind.key}" in page and "từ đầu" in page and "đang chạy" in page
    assert admin.post(address, form()).status_code == 403


def test_staff_give_a_voucher_with_a_reason_once_per_form(signed_in, lan, till):
    browser = signed_in(access.MARKETER)
    address = reverse("admin:members_member_give_voucher", args=[lan.pk])
    assert "Quà chào mừng" in text_of(browser.get(address))

    told = {"key": "welcome", "reason": "đợi lâu", "token": TOKEN.format(1)}
    for _ in range(2):
        assert browser.post(address, told).status_code == 302

    (voucher,) = Voucher.objects.all()
    assert (voucher.member_id, voucher.note) == (lan.pk, "đợi lâu")
    assert voucher.by.startswith("user:")
    page = text_of(browser.get(reverse("admin:members_member_change", args=[lan.pk]), {"tab": "vouchers"}))
    assert "Quà chào mừng" in page and "chưa dùng" in page and "nhận voucher" not in page
    assert browser.post(address, told | {"token": TOKEN.format(2), "reason": " "}).status_code == 200
    assert browser.post(address, told | {"token": TOKEN.format(2), "key": "nothing"}).status_code == 200
    assert Voucher.objects.count() == 1
    assert [finding for finding in auditing.run() if not finding.ok] == []


def test_nobody_gives_more_than_a_days_vouchers_or_one_to_themselves(signed_in, staff, lan, till):
    user = staff[access.MARKETER]
    for n in range(granting.MOST_A_DAY):
        granting.grant(
            member_id=lan.pk, key="welcome", reason="x", token=UUID(int=n), by=f"user:{user.pk}", at=clock.now()
        )
    told = {"key": "welcome", "reason": "nữa", "token": TOKEN.format(1)}
    address = reverse("admin:members_member_give_voucher", args=[lan.pk])
    assert "Hôm nay bạn đã tặng đủ" in text_of(signed_in(access.MARKETER).post(address, told))
    assert signed_in(access.ADMIN).post(address, told).status_code == 302
    lan.user = user
    lan.save(update_fields=["user"])
    assert signed_in(access.MARKETER).get(address).status_code == 403


def test_a_voucher_is_found_looked_at_and_taken_out_of_use(admin, lan, till):
    gift, other = wallets.give(till, lan), wallets.give(till, till.member("Trần Văn Bảo"))
    listing = reverse("admin:rewards_voucher_changelist")
    for query in ({"q": "lan"}, {"q": gift.last4}, {"member": str(lan.pk)}):
        page = text_of(admin.get(listing, query))
        assert str(gift.id) in page, query
        assert str(other.id) not in page, query
    address = reverse("admin:rewards_voucher_void", args=[gift.id])
    assert admin.post(address, {"reason": ""}).status_code == 200
    assert admin.post(address, {"reason": "phát nhầm"}).status_code == 302

    assert queries.by_ids([gift.id], at=clock.now())[gift.id].state == "void"
    page = text_of(admin.get(reverse("admin:rewards_voucher_change", args=[gift.id])))
    assert "phát nhầm" in page and "đã hủy" in page and "0 / 1" in page
    assert "(&#x27;" not in page, "words, no pairs of Python"
    assert gift.code not in page and gift.code.replace("-", "") not in page
    assert str(gift.id) in text_of(admin.get(reverse("admin:history")))
    assert admin.post(address, {"reason": "nữa"}).status_code == 403, "there is nothing left to void"


def test_each_state_has_its_filter(admin, lan, till):
    fresh, used, void = (wallets.give(till, lan) for _ in range(3))
    over = wallets.give(till, lan, valid_days=0)
    wallets.sell(till, till.bill(90_000), lan, wallets.Named(code=used.code))
    voiding.void(voucher_id=void.id, reason="nhầm", by="user:1", at=till.at)
    Voucher.objects.filter(pk=over.id).update(expires_at=clock.now() - timedelta(seconds=1))
    for state, voucher in (("issued", fresh), ("redeemed", used), ("void", void), ("expired", over)):
        page = text_of(admin.get(reverse("admin:rewards_voucher_changelist"), {"in": state}))
        shown = {one.id for one in (fresh, used, void, over) if str(one.id) in page}
        assert shown == {voucher.id}, state


def test_an_analyst_sees_vouchers_without_names(signed_in, lan, till):
    gift = wallets.give(till, lan)
    for address in (
        reverse("admin:rewards_voucher_changelist"),
        reverse("admin:rewards_voucher_change", args=[gift.id]),
    ):
        assert "Lan" not in text_of(signed_in(access.ANALYST).get(address))


def test_a_bill_shows_its_voucher(admin, lan, till):
    gift = wallets.give(till, lan)
    sold = wallets.sell(till, till.bill(90_000), lan, wallets.Named(code=gift.code)).purchase
    page = text_of(admin.get(reverse("admin:loyalty_purchase_change", args=[sold.id])))
    assert f"…{gift.last4}" in page
    assert "20.000" in page


def test_lists_of_vouchers_are_not_counted(admin, lan, till, django_assert_max_num_queries):
    for _ in range(5):
        wallets.give(till, lan)
    with django_assert_max_num_queries(25) as seen:
        assert admin.get(reverse("admin:rewards_voucher_changelist")).status_code == 200
    assert not [q["sql"] for q in seen.captured_queries if "COUNT(" in q["sql"].upper()]
