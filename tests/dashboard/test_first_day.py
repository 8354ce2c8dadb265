"""From an empty shop to the first earned point, step by step, through the forms of the first day."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, FakeMessage
from dashboard import access
from dashboard.first_day import payback, steps
from dashboard.seeding import first_steps
from events import clock
from loyalty import ladders, policies, queries
from loyalty.models import Programme, Store, Tier, TierThreshold
from members import joining, terms
from rewards import defining
from tests.dashboard.conftest import hire


@pytest.fixture
def hà(db):
    """Hà the admin of a shop that has nothing but what `DEMO=0` makes."""
    policies.forget()
    first_steps.ensure(clock.now())
    browser = Client()
    browser.force_login(hire("hà", access.ADMIN))
    return browser


def send(browser, key: str, **said):
    answer = browser.post(reverse("admin:beginning_step", args=[key]), said)
    assert answer.status_code in {200, 302}
    if answer.status_code == 200:
        assert "errorlist" not in answer.content.decode(), answer.content.decode()[-4000:]
    return answer


def done() -> set[str]:
    return {step.key for step, is_done in steps.state().steps if is_done}


def test_an_empty_shop_walks_to_its_first_point(hà):
    assert done() == set()
    assert "Ngày đầu tiên" in hà.get("/admin/").content.decode()

    send(hà, "name", name="Cà phê Phố", point_name_vi="hạt", point_name_en="beans", hotline="1900 1234")
    send(hà, "stores", name="Phố Nguyễn Huệ", code="", address="12 Nguyễn Huệ")
    assert Store.objects.get().code == "pho-nguyen-hue"
    send(hà, "points", points="1", per_amount="20.000", point_value="1.000", months="6")
    rules = policies.at(clock.now())
    assert (rules.earning.per_amount, rules.spending.point_value, rules.expiry.months) == (20_000, 1_000, 6)
    assert rules.spending.proof_above == 50_000, "what the form does not ask for is kept"
    send(hà, "tiers", ladder="fashion")
    assert [tier.code for tier in Tier.objects.order_by("rank")] == ["member", "silver", "gold", "platinum", "diamond"]
    send(hà, "welcome", amount="30.000", minimum_basket="60.000", valid_days="14")
    assert Campaign.objects.get(key="welcome").running
    kind = defining.in_force("welcome", at=clock.now())
    assert (kind.amount, kind.minimum_basket, kind.valid_days, kind.version) == (30_000, 60_000, 14, 2)
    assert "1. Chương trình khách hàng" in hà.get(reverse("admin:beginning_step", args=["terms"])).content.decode()
    send(hà, "terms", body_vi="Thể lệ của Phố.", body_en="The terms of Phố.")
    held = terms.in_force(at=clock.now())
    assert (held.code, held.body_vi) == ("terms-2", "Thể lệ của Phố.")
    assert 'href="tel:19001234"' in Client().get(reverse("portal_sign_in")).content.decode()
    send(hà, "channels", channel="sms", address="0912 345 678")
    assert FakeMessage.objects.get().address == "+84912345678"
    page = send(hà, "key", store=str(Store.objects.get().pk)).content.decode()
    key = re.search(r'value="(lp_live_[^"]+)"', page).group(1)
    assert f"pos_check http://localhost:8000 {key}" in page
    lan = joining.join(name="Lan", phone="0912345678", joined_via="counter", by="user:1", at=clock.now())
    body = {
        "receipt": "THU-1",
        "member": {"phone": "0912345678"},
        "occurred_at": clock.now().isoformat(),
        "lines": [{"sku": "CF1", "name": "Cà phê", "quantity": 1, "amount": 50_000}],
        "total": 50_000,
    }
    sold = Client().post(
        "/api/v1/purchases",
        json.dumps(body),
        content_type="application/json",
        headers={"authorization": f"Bearer {key}"},
    )
    assert sold.status_code == 201, sold.content
    assert queries.balance(lan.pk, at=clock.now()).available == 2
    wanted = {"name", "stores", "points", "tiers", "welcome", "terms", "key", "channels", "import", "first_point"}
    assert done() >= wanted
    assert "Ngày đầu tiên</h2>" not in hà.get("/admin/").content.decode(), "it is over"


def test_a_hotline_that_nobody_can_dial_is_not_kept(hà):
    page = hà.post(
        reverse("admin:beginning_step", args=["name"]),
        {"name": "Phố", "point_name_vi": "hạt", "point_name_en": "beans", "hotline": "<b>gọi em</b>"},
    )
    assert "Viết số như 1900 1234" in page.content.decode()
    assert Programme.objects.get().hotline == ""


def test_terms_that_a_member_accepted_do_not_change_at_once(hà):
    joining.join(name="Lan", phone="0912345678", joined_via="counter", by="user:1", at=clock.now())
    said = {"body_vi": "Thể lệ khác.", "body_en": "Other terms."}
    page = hà.post(reverse("admin:beginning_step", args=["terms"]), said)
    assert "Đã có thành viên đồng ý với thể lệ" in page.content.decode()
    assert terms.in_force(at=clock.now()).code == terms.FOUNDING


def test_the_list_can_be_put_away(hà):
    hà.post(reverse("admin:beginning"), {"do": "hide"})
    assert "Ngày đầu tiên</h2>" not in hà.get("/admin/").content.decode()
    assert hà.get(reverse("admin:beginning")).status_code == 200


def test_the_payback_is_told_while_it_is_typed_and_warned_of_where_it_is_unreasonable(hà):
    usual = {"points": "1", "per_amount": "10.000", "point_value": "500", "months": ""}
    address = reverse("admin:beginning_payback", args=["points"])
    assert "hoàn 5,0 %" in hà.get(address, usual).content.decode().replace("\xa0", " ")
    assert "sẽ lỗ" in hà.get(address, usual | {"point_value": "5.000"}).content.decode()
    assert "Điền đủ" in hà.get(address, usual | {"points": ""}).content.decode()
    assert payback.of(points=1, per_amount=1_000_000, point_value=1).warning
    assert not payback.of(points=1, per_amount=10_000, point_value=500).warning


@pytest.mark.parametrize("key", [one.key for one in ladders.LADDERS])
def test_each_ready_ladder_can_be_taken_by_a_new_shop_and_after_another(hà, key):
    send(hà, "tiers", ladder="fashion")
    send(hà, "tiers", ladder=key)
    table = policies.at(clock.now()).ladder
    rungs = [rung for rung in ladders.ladder(key).rungs if rung.steps]
    assert [(spend, tier.code) for spend, tier in table.steps] == [(rung.steps * 10_000, rung.code) for rung in rungs]
    ranks = [Tier.objects.get(code=rung.code).rank for rung in rungs]
    assert ranks == sorted(ranks)
    assert TierThreshold.objects.filter(table_id=table.id).count() == len(rungs)


@pytest.mark.parametrize(
    ("key", "said", "words"),
    [
        ("stores", {"name": "…"}, "chữ hoặc số"),
        ("stores", {"name": "Q1", "code": "q1"}, "Đã có cửa hàng"),
        ("channels", {"channel": "sms", "address": "12"}, "Không đọc được số"),
        ("points", {"points": "0", "per_amount": "10000", "point_value": "500"}, "lớn hơn hoặc bằng"),
        ("tiers", {"ladder": "none"}, "Không thực hiện"),
    ],
)
def test_what_cannot_be_is_said_in_words(hà, key, said, words):
    Store.objects.create(code="q1", name="Quận 1")
    page = hà.post(reverse("admin:beginning_step", args=[key]), said)
    assert words in page.content.decode()
    assert Programme.objects.get().policies_version == 1 or key != "points"
