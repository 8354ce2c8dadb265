"""What the pages do, through their own forms."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dashboard import access, wording
from events import clock, outbox
from events.models import Delivery, Job, WebhookEndpoint
from loyalty import adjusting, keys, moving, queries
from loyalty.models import (
    ApiKey,
    EarningRule,
    Entry,
    NightlyStep,
    ReviewDecision,
    Store,
    Tier,
    TierTable,
    TierThreshold,
)
from members.models import User


def text_of(answer) -> str:
    return answer.content.decode()


def at_midnight_in(days: int):
    return (timezone.localtime() + timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)


def moment_fields(moment) -> dict[str, str]:
    return {"valid_from_0": f"{moment:%d/%m/%Y}", "valid_from_1": f"{moment:%H:%M}"}


# --- members ---------------------------------------------------------------------------------------------------------


def test_a_member_is_found_by_name_phone_and_last_digits(admin, lan, till):
    till.member("Trần Văn Bảo", phone="0987 654 321")
    for said in ("lan", "nguyen thi", "0912345678", "+84 912 345 678", "5678 lan"):
        page = text_of(admin.get(reverse("admin:members_member_changelist"), {"q": said}))
        assert "Nguyễn Thị Lan" in page, said
        assert "Trần Văn Bảo" not in page, said


def test_a_members_page_shows_points_tier_and_bills_and_masks_every_number(admin, lan, till):
    till.sell(till.bill(105_000, receipt="HD0042"), lan)
    page = text_of(admin.get(reverse("admin:members_member_change", args=[lan.pk])))
    assert re.search(r'class="figure">\s*10\s*<', page)
    assert "HD0042" in page
    assert "105.000" in page
    assert "912345678" not in page.replace(" ", "")
    card = lan.identifiers.get(kind="card").value
    assert card not in page


def test_a_contact_person_is_set_and_the_change_is_in_the_audit_trail(admin, lan, staff):
    answer = admin.post(
        reverse("admin:members_member_change", args=[lan.pk]), {"contact_person": staff[access.MARKETER].pk}
    )
    assert answer.status_code == 302
    lan.refresh_from_db()
    assert lan.contact_person == staff[access.MARKETER]
    trail = text_of(admin.get(reverse("admin:history")))
    assert str(lan.pk) in trail
    assert re.search(r"<td[^>]*>hà</td>", trail), "who did it"


def test_lists_of_a_million_rows_are_not_counted(admin, lan, till):
    till.sell(till.bill(105_000), lan)
    for page in ("members_member", "loyalty_purchase", "loyalty_return", "loyalty_entryrow", "events_delivery"):
        with CaptureQueriesContext(connection) as seen:
            assert admin.get(reverse(f"admin:{page}_changelist")).status_code == 200
        assert not [q["sql"] for q in seen if "COUNT(" in q["sql"].upper()], page
        assert len(seen) < 30, page


def test_a_bill_that_moved_is_its_new_members_on_every_page(admin, lan, till):
    mai = till.member("Trần Thị Mai")
    bill = till.sell(till.bill(105_000, receipt="HD0042"), lan).purchase
    moving.move(purchase_id=bill.id, member_id=mai.id, reason="bấm nhầm số", key="m", till=till.till, at=till.at)

    page = text_of(admin.get(reverse("admin:loyalty_purchase_change", args=[bill.id])))
    assert page.index("Trần Thị Mai") < page.index("Các lần chuyển hóa đơn") < page.index("bấm nhầm số")
    bills = reverse("admin:loyalty_purchase_changelist")
    assert "HD0042" in text_of(admin.get(bills, {"member": mai.pk}))
    assert "HD0042" not in text_of(admin.get(bills, {"member": lan.pk}))
    assert "Trần Thị Mai" in text_of(admin.get(bills))
    assert "HD0042" in text_of(admin.get(reverse("admin:members_member_change", args=[mai.pk])))


def test_a_corrected_bill_is_no_sale_any_more_and_leads_to_the_one_that_stands(admin, lan, till):
    wrong = till.bill(1_050_000, receipt="HD0042")
    old = till.sell(wrong, lan).purchase
    new = till.correct(old.id, till.bill(105_000, receipt="HD0042", occurred_at=wrong.occurred_at)).purchase
    address = {bill.id: reverse("admin:loyalty_purchase_change", args=[bill.id]) for bill in (old, new)}

    before, after = admin.get(address[old.id]), admin.get(address[new.id])
    assert "Đã sửa" in text_of(before) and address[new.id] in before.content.decode()
    assert "Sửa từ hóa đơn trước" in text_of(after) and address[old.id] in after.content.decode()
    assert "bấm nhầm" in text_of(before) and "bấm nhầm" in text_of(after)
    bills = admin.get(reverse("admin:loyalty_purchase_changelist"))
    assert "đã sửa" in text_of(bills)
    assert "<s>1.050.000" in bills.content.decode() and "<s>105.000" not in bills.content.decode()
    told = text_of(admin.get(reverse("admin:members_member_change", args=[lan.pk])))
    assert "105.000" in told and "Mua 1.050.000" not in told


def test_an_analyst_sees_bills_without_names(signed_in, lan, till):
    bill = till.sell(till.bill(105_000), lan).purchase
    analyst = signed_in(access.ANALYST)
    for address in (
        reverse("admin:loyalty_purchase_changelist"),
        reverse("admin:loyalty_purchase_change", args=[bill.id]),
        reverse("admin:loyalty_entryrow_changelist"),
    ):
        page = text_of(analyst.get(address))
        assert "Lan" not in page
        assert wording.short(lan.pk) in page
    found = text_of(analyst.get(reverse("admin:loyalty_purchase_changelist"), {"q": "0912345678"}))
    assert wording.short(lan.pk) not in found, "a phone is not confirmed to somebody who may not look members up"


def test_the_ledger_shows_what_people_wrote_and_an_import_by_itself(admin, lan, till):
    told = {"member_id": lan.pk, "points": 5, "at": till.at}
    adjusting.adjust(**told, reason="xin lỗi", by="user:1")
    adjusting.adjust(**told, reason="mang sang", by=f"import:{lan.pk}")
    ledger = reverse("admin:loyalty_entryrow_changelist")
    by_people, imported = text_of(admin.get(ledger)), text_of(admin.get(ledger, {"from": "import"}))
    assert "xin lỗi" in by_people and "mang sang" not in by_people
    assert "mang sang" in imported and "xin lỗi" not in imported
    everything = text_of(admin.get(ledger, {"member": lan.pk}))
    assert "xin lỗi" in everything and "mang sang" in everything


def test_a_store_manager_sees_the_bills_of_the_own_store_only(signed_in, lan, till, staff):
    bill = till.sell(till.bill(105_000, receipt="HD0042"), lan).purchase
    mai = signed_in(access.MANAGER)
    assert "HD0042" in text_of(mai.get(reverse("admin:loyalty_purchase_changelist")))

    User.objects.filter(username="mai").update(store_ids=[Store.objects.get(code="Q3").pk])
    assert "HD0042" not in text_of(mai.get(reverse("admin:loyalty_purchase_changelist")))
    assert mai.get(reverse("admin:loyalty_purchase_change", args=[bill.id])).status_code == 302


# --- points by hand --------------------------------------------------------------------------------------------------


def test_points_are_adjusted_with_a_reason_under_the_persons_name(admin, lan, staff):
    address = reverse("admin:members_member_adjust_points", args=[lan.pk])
    assert admin.post(address, {"points": "50", "reason": "quà xin lỗi"}).status_code == 302
    entry = Entry.objects.get(member_id=lan.pk)
    assert (entry.kind, entry.available, entry.reason) == ("adjust", 50, "quà xin lỗi")
    assert entry.by == f"user:{staff[access.ADMIN].pk}"


@pytest.mark.parametrize(
    ("points", "reason", "words"),
    [
        ("10000001", "nhầm", "Vượt giới hạn"),
        ("0", "nhầm", "khác 0"),
        ("-5", "nhầm", "không có đủ điểm"),
        ("5", "", "Trường này"),
        ("99999999999999999999", "nhầm", "Vượt giới hạn"),
    ],
)
def test_an_adjustment_that_may_not_be_is_refused_in_words(admin, lan, points, reason, words):
    answer = admin.post(
        reverse("admin:members_member_adjust_points", args=[lan.pk]), {"points": points, "reason": reason}
    )
    assert words in text_of(answer)
    assert not Entry.objects.exists()


def test_nobody_adjusts_their_own_points(admin, lan, staff):
    lan.user = staff[access.ADMIN]
    lan.save(update_fields=["user"])
    answer = admin.post(reverse("admin:members_member_adjust_points", args=[lan.pk]), {"points": "5", "reason": "x"})
    assert answer.status_code == 403


def test_the_trail_tells_who_gave_points_to_whom_and_why_and_can_be_asked_for_less(admin, lan, staff):
    admin.post(reverse("admin:members_member_adjust_points", args=[lan.pk]), {"points": "50", "reason": "quà xin lỗi"})
    Store.objects.update(address="12 Nguyễn Huệ")
    trail = reverse("admin:history")
    page = text_of(admin.get(trail))
    assert "+50 điểm, quà xin lỗi" in page
    assert "địa chỉ: — → 12 Nguyễn Huệ" in page
    assert "quà xin lỗi" in text_of(admin.get(trail, {"noun": "points", "person": staff[access.ADMIN].pk}))
    for other in ({"noun": "loyalty.store"}, {"person": staff[access.MARKETER].pk}, {"last": "01/01/2020"}):
        assert "quà xin lỗi" not in text_of(admin.get(trail, other)), other
    assert "12 Nguyễn Huệ" in text_of(admin.get(trail, {"noun": "loyalty.store"}))


def test_the_trail_goes_on_page_by_page_without_losing_or_repeating_a_line(admin, lan, till, monkeypatch):
    monkeypatch.setattr("dashboard.history.PER_PAGE", 7)
    for number in range(20):
        adjusting.adjust(
            member_id=lan.pk, points=1, reason=f"lý do {number:02}", by="user:1", at=till.at + timedelta(seconds=number)
        )
    seen, address = [], f"{reverse('admin:history')}?noun=points"
    while address:
        page = text_of(admin.get(address))
        seen += re.findall(r"lý do \d\d", page)
        older = re.search(r'href="\?([^"]*before=[^"]*)">', page)
        address = older and f"{reverse('admin:history')}?{unescape(older.group(1))}"
    assert seen == [f"lý do {number:02}" for number in reversed(range(20))]
    assert admin.get(reverse("admin:history"), {"before": "nonsense"}).status_code == 200


# --- bills -----------------------------------------------------------------------------------------------------------


def test_a_bill_in_review_is_approved_once_and_its_points_posted(admin, lan, till):
    late = till.bill(105_000, occurred_at=till.at - timedelta(days=30))
    bill = till.sell(late, lan).purchase
    listed = text_of(admin.get(reverse("admin:loyalty_purchase_changelist"), {"review": "open"}))
    assert late.receipt in listed

    address = reverse("admin:loyalty_purchase_approve", args=[bill.id])
    assert admin.post(address).status_code == 302
    assert ReviewDecision.objects.get().approved
    assert queries.balance(lan.pk, at=till.at).available == 10
    assert admin.post(address).status_code == 403, "decided once"
    admin.get(reverse("admin:loyalty_purchase_changelist"))  # the page that still says what was done
    assert late.receipt not in text_of(admin.get(reverse("admin:loyalty_purchase_changelist"), {"review": "open"}))


def test_a_guests_bill_and_a_return_have_their_pages(admin, till, shop):
    bill = till.sell(till.bill(58_000)).purchase
    page = text_of(admin.get(reverse("admin:loyalty_purchase_change", args=[bill.id])))
    assert "khách lẻ" in page


# --- keys ------------------------------------------------------------------------------------------------------------


def test_a_new_key_is_shown_once_and_works_until_it_is_revoked(admin, shop, till):
    answer = admin.post(
        reverse("admin:loyalty_apikey_add"),
        {"store": shop.pk, "terminal": "", "scopes": ["lookup", "earn"], "description": "máy 1", "expires_at_0": ""},
    )
    text = re.search(r'value="(lp_live_[^"]+)"', text_of(answer)).group(1)
    assert "no-store" in answer["Cache-Control"]
    key = ApiKey.objects.get()
    assert keys.verify(text, at=till.at) == key
    assert text.rsplit("_", 1)[1] not in text_of(admin.get(reverse("admin:loyalty_apikey_change", args=[key.pk])))

    admin.post(reverse("admin:loyalty_apikey_revoke", args=[key.pk]))
    with pytest.raises(keys.KeyRefused):
        keys.verify(text, at=till.at)


def test_a_key_is_replaced_and_both_work_until_the_old_one_ends(admin, shop, till):
    old, old_text = keys.create(store=shop, scopes=["lookup"], description="máy 1", at=till.at)
    address = reverse("admin:loyalty_apikey_replace", args=[old.pk])
    assert "Khóa cũ còn dùng được" in text_of(admin.get(address))
    assert ApiKey.objects.get() == old, "opening the page makes nothing"

    answer = admin.post(address, {"days": "7"})
    text = re.search(r'value="(lp_live_[^"]+)"', text_of(answer)).group(1)
    assert "no-store" in answer["Cache-Control"]
    assert f"Khóa cũ {old} dùng được đến" in text_of(answer)
    new = ApiKey.objects.exclude(pk=old.pk).get()
    assert (new.store, new.scopes, new.description) == (shop, ["lookup"], "máy 1")
    now = clock.now()
    assert {keys.verify(old_text, at=now), keys.verify(text, at=now)} == {old, new}
    with pytest.raises(keys.KeyRefused):
        keys.verify(old_text, at=now + timedelta(days=8))
    assert keys.verify(text, at=now + timedelta(days=8)) == new


def test_a_revoked_key_has_no_successor(admin, shop, till):
    key, _text = keys.create(store=shop, at=till.at)
    admin.post(reverse("admin:loyalty_apikey_revoke", args=[key.pk]))
    answer = admin.post(reverse("admin:loyalty_apikey_replace", args=[key.pk]), {"days": "0"}, follow=True)
    assert "Khóa này đã hết dùng được" in text_of(answer)
    assert ApiKey.objects.count() == 1


# --- policies --------------------------------------------------------------------------------------------------------


def test_a_rule_is_published_for_a_day_to_come(admin, shop, staff):
    tomorrow = at_midnight_in(1)
    answer = admin.post(
        reverse("admin:loyalty_earningrule_add"),
        {**moment_fields(tomorrow), "points": "2", "per_amount": "20.000", "note": "Tết"},
    )
    assert answer.status_code == 302
    rule = EarningRule.objects.order_by("valid_from").last()
    assert (rule.points, rule.per_amount, rule.valid_from) == (2, 20_000, tomorrow)
    assert rule.published_by == f"user:{staff[access.ADMIN].pk}"


def test_a_rule_in_the_past_is_refused(admin, shop):
    answer = admin.post(
        reverse("admin:loyalty_earningrule_add"),
        {**moment_fields(at_midnight_in(-1)), "points": "2", "per_amount": "20000", "note": ""},
    )
    assert "tương lai" in text_of(answer)
    assert EarningRule.objects.count() == 1


def test_a_tier_table_is_published_with_its_thresholds(admin, shop):
    spends = {f"spend_{tier.pk}": f"{tier.rank}.000.000" for tier in Tier.objects.filter(rank__gt=0)}
    said = {**moment_fields(at_midnight_in(3)), "window_days": "180", **spends}
    answer = admin.post(reverse("admin:loyalty_tiertable_add"), {**said, "_publish": "1"})
    assert answer.status_code == 302, text_of(answer)
    table = TierTable.objects.order_by("valid_from").last()
    assert [*TierThreshold.objects.filter(table=table).order_by("spend").values_list("spend", flat=True)] == [
        1_000_000,
        2_000_000,
        3_000_000,
    ]


def test_a_tier_table_in_which_a_higher_tier_needs_less_is_refused(admin, shop):
    spends = {f"spend_{tier.pk}": str(9 - tier.rank) for tier in Tier.objects.filter(rank__gt=0)}
    admin.post(
        reverse("admin:loyalty_tiertable_add"), {**moment_fields(at_midnight_in(3)), "window_days": "180", **spends}
    )
    assert TierTable.objects.count() == 1


# --- staff and the machinery -----------------------------------------------------------------------------------------


def test_a_new_cashier_gets_no_page_here_and_a_new_marketer_does(admin, shop, staff):
    for name, role in (("hoa", access.CASHIER), ("nam", access.MARKETER)):
        group = staff[role].groups.get()
        answer = admin.post(
            reverse("admin:members_user_add"),
            {"username": name, "password1": "trà đào 2026!", "password2": "trà đào 2026!", "groups": [group.pk]},
        )
        assert answer.status_code == 302, text_of(answer)
    assert not User.objects.get(username="hoa").is_staff
    assert User.objects.get(username="nam").is_staff


def test_a_dead_delivery_is_opened_again(admin, shop, till):
    outbox.record(type="member.changed", data={}, at=till.at, by="system")
    delivery = Delivery.objects.first()
    Delivery.objects.filter(pk=delivery.pk).update(state="dead", attempts=9)
    admin.post(reverse("admin:events_delivery_changelist"), {"action": "retry", "_selected_action": [str(delivery.pk)]})
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("open", 0)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_of_one_row_says_its_state_in_words(admin, shop, till, lan, language):
    night = NightlyStep.objects.create(
        date=till.at.date(), step="loyalty.expiry.book_due", started_at=till.at, state="begun"
    )
    job = Job.objects.create(kind="night", key="2026-11-20", asked_at=till.at, due_at=till.at, by="system")
    delivery = Delivery.objects.first()
    admin.cookies["django_language"] = language
    for address, row in (
        ("events_delivery", delivery),
        ("events_job", job),
        ("loyalty_nightlystep", night),
    ):
        page = text_of(admin.get(reverse(f"admin:{address}_change", args=[row.pk])))
        assert f"(&#x27;{row.state}&#x27;" not in page, address
        assert f"(&#39;{row.state}&#39;" not in page, address
        assert {"vi": "rạng thái", "en": "tate"}[language] in page, address


def test_a_webhook_to_an_inner_address_is_refused(admin, shop):
    answer = admin.post(reverse("admin:events_webhookendpoint_add"), {"url": "https://127.0.0.1/hook", "active": "on"})
    assert "https công khai" in text_of(answer)
    assert not WebhookEndpoint.objects.exists()


def test_amounts_of_a_currency_with_cents_are_written_with_cents():
    assert wording.money(2_933, currency="USD").replace("\xa0", " ") in {"29,33 US$", "29,33 $"}
    assert Decimal(wording.axis(50_000_000, currency="VND")[0]) == 1_000_000


def test_a_name_that_looks_like_code_is_shown_as_text(admin, till):
    till.member("<script>alert(1)</script>", phone="0911 111 111")
    page = text_of(admin.get(reverse("admin:members_member_changelist")))
    assert "<script>alert(1)" not in page
