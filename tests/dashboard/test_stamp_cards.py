"""Stamp cards in the dashboard: published, published anew, ended; what cannot be is said in words at its field."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from dashboard import access
from events import clock
from rewards import founding, stamping
from rewards.models import StampCard
from tests.dashboard.test_pages import text_of

ADD = "admin:rewards_stampcard_add"
LIST = "admin:rewards_stampcard_changelist"


@pytest.fixture(autouse=True)
def kinds(till):
    founding.found(at=till.at)


def form(**more: Any) -> dict[str, Any]:
    return {
        "key": "ca-phe-9",
        "name_vi": "Thẻ cà phê",
        "name_en": "Coffee card",
        "active": "on",
        "categories": ["Cà phê", "Trà", "Cà phê"],
        "skus": [""],
        "needed": "9",
        "gives": "welcome",
        "valid_from_0": "",
        "valid_from_1": "",
        "valid_until_0": "",
        "valid_until_1": "",
    } | more


def card_now() -> StampCard | None:
    return stamping.in_force(stamping.all_terms()["ca-phe-9"], at=clock.now())


def test_a_marketer_publishes_a_card_and_ends_it(signed_in):
    browser = signed_in(access.MARKETER)
    answer = browser.post(reverse(ADD), form())
    assert answer.status_code == 302, re.findall(r"errorlist.*?</ul>", text_of(answer), re.DOTALL)
    card = card_now()
    assert (card.version, card.needed, card.categories, card.skus) == (1, 9, ["Cà phê", "Trà"], [])
    assert card.published_by.startswith("user:")
    page = text_of(signed_in(access.ANALYST).get(reverse(LIST)))
    assert "Thẻ cà phê" in page and "9 dấu" in page and "đang chạy" in page.lower()

    copy = text_of(browser.get(reverse(ADD), {"key": "ca-phe-9", "end": "1"}))
    assert 'value="Cà phê"' in copy and 'value="ca-phe-9"' in copy
    assert not re.search(r'name="active"[^>]*\schecked(?!:)', copy)
    assert browser.post(reverse(ADD), {key: said for key, said in form().items() if key != "active"}).status_code == 302
    assert card_now() is None
    assert "đã ngừng" in text_of(browser.get(reverse(LIST))).lower()
    shown = text_of(browser.get(reverse("admin:rewards_stampcard_change", args=[card.pk])))
    assert "Cà phê, Trà" in shown and "Ngừng thẻ này" in shown


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"categories": [""], "skus": [""]}, "ít nhất một nhóm hàng hoặc một mã hàng"),
        ({"needed": "1"}, "2"),
        ({"needed": "101"}, "100"),
        ({"gives": "nothing"}, "nothing"),
        ({"valid_from_0": "01/01/2020", "valid_from_1": "08:00"}, "Chọn một lúc trong tương lai"),
        ({"valid_until_0": "01/01/2020", "valid_until_1": "08:00"}, "sau ngày bắt đầu"),
    ],
)
def test_what_cannot_be_is_said(signed_in, said, words):
    answer = signed_in(access.MARKETER).post(reverse(ADD), form(**said))
    assert answer.status_code == 200
    assert words in text_of(answer)
    assert not StampCard.objects.exists()


def test_the_next_version_needs_as_many_stamps(signed_in):
    browser = signed_in(access.MARKETER)
    browser.post(reverse(ADD), form())
    answer = browser.post(reverse(ADD), form(needed="8"))
    assert "cần số dấu như nhau (9)" in text_of(answer)
    assert StampCard.objects.count() == 1


def test_a_card_that_begins_later_runs_later(signed_in):
    later = (clock.now() + timedelta(days=3)).strftime("%d/%m/%Y")
    browser = signed_in(access.MARKETER)
    assert browser.post(reverse(ADD), form(valid_from_0=later, valid_from_1="08:00")).status_code == 302
    assert card_now() is None
    assert "sắp chạy" in text_of(browser.get(reverse(LIST))).lower()
