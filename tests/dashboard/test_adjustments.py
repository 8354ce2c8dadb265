"""A marketer asks for many points; an admin who did not ask says yes."""

from uuid import uuid4

import pytest
from django.urls import reverse

from dashboard import access
from loyalty.models import Account, AdjustmentRequest


def available(lan) -> int:
    return sum(Account.objects.filter(pk=lan.pk).values_list("available", flat=True))


@pytest.fixture
def asked(signed_in, lan):
    address = reverse("admin:members_member_adjust_points", args=[lan.pk])
    said = {"points": "5000", "reason": "đền bù cả năm", "token": str(uuid4())}
    answer = signed_in(access.MARKETER).post(address, said, follow=True)
    assert "chờ quản trị viên khác duyệt" in answer.content.decode()
    return AdjustmentRequest.objects.get()


def test_points_above_the_limit_wait_for_an_admin(asked, admin, lan):
    assert available(lan) == 0
    front = admin.get("/admin/").content.decode()
    assert "yêu cầu cộng/trừ điểm chờ duyệt" in front
    assert "đền bù cả năm" in admin.get(reverse("admin:loyalty_adjustmentrequest_changelist")).content.decode()
    approve = reverse("admin:loyalty_adjustmentrequest_approve", args=[asked.pk])
    assert "+5.000 điểm cho Nguyễn Thị Lan" in admin.get(approve).content.decode()
    assert available(lan) == 0, "opening the address changes nothing"
    assert "Đã ghi điểm." in admin.post(approve, follow=True).content.decode()
    assert available(lan) == 5_000


def test_an_admin_who_asked_waits_for_another_one(admin, lan):
    address = reverse("admin:members_member_adjust_points", args=[lan.pk])
    admin.post(address, {"points": "-3000", "reason": "nhầm", "token": str(uuid4())})
    asked = AdjustmentRequest.objects.get()
    page = admin.post(reverse("admin:loyalty_adjustmentrequest_approve", args=[asked.pk]), follow=True)
    assert "một quản trị viên khác phải duyệt" in page.content.decode()
    assert AdjustmentRequest.objects.get().state == "asked"


def test_a_refusal_is_read_by_who_asked(asked, admin, signed_in, lan):
    refuse = reverse("admin:loyalty_adjustmentrequest_refuse", args=[asked.pk])
    admin.post(refuse, {"answer": "chưa có biên bản"})
    page = signed_in(access.MARKETER).get(reverse("admin:loyalty_adjustmentrequest_change", args=[asked.pk]))
    assert "chưa có biên bản" in page.content.decode() and "không duyệt" in page.content.decode()
    assert available(lan) == 0


def test_a_store_manager_stays_below_the_limit(signed_in, lan):
    address = reverse("admin:members_member_adjust_points", args=[lan.pk])
    said = {"points": "5000", "reason": "đền bù", "token": str(uuid4())}
    page = signed_in(access.MANAGER).post(address, said).content.decode()
    assert "Vượt giới hạn cộng/trừ tay của chương trình." in page
    assert not AdjustmentRequest.objects.exists()
