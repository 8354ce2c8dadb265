"""The sentence for the customer, from every situation."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from counter import saying
from counter.saying import Situation

LAN = Situation(call_name="Lan", honorific="chị", silent_days=3)

SENTENCES = [
    ({"birthday_in": 0}, "Chúc mừng sinh nhật chị Lan!", "Happy birthday, Lan!"),
    ({"birthday_in": 3}, "Sắp đến sinh nhật chị Lan rồi, chúc mừng sớm nhé!", "birthday is coming up"),
    ({"silent_days": 90}, "Lâu rồi mới gặp lại chị Lan!", "Lan"),
    ({"silent_days": None, "joined_days": 0}, "Chào mừng chị Lan đến với chương trình thành viên!", "Welcome"),
    ({}, "Cảm ơn chị Lan đã ghé!", "Thank you"),
    (
        {"voucher": "Ly cà phê", "vouchers": 1},
        "Chào chị Lan! Mình có voucher Ly cà phê dùng được hôm nay.",
        "Ly cà phê",
    ),
    (
        {"expiring": 120, "expiring_on": date(2026, 11, 30), "expiring_in": 5},
        "120 điểm hết hạn ngày 30/11/2026",
        "120 points",
    ),
    ({"expiring": 120, "expiring_on": date(2026, 11, 30), "expiring_in": 0}, "120 điểm hết hạn hôm nay", "today"),
    (
        {"next_tier": "Vàng", "next_missing": 1_600_000, "window_spend": 8_000_000},
        "Chỉ còn 1.600.000 ₫ nữa là lên hạng Vàng.",
        "Vàng",
    ),
    ({"debt": 20}, "Tài khoản đang âm 20 điểm", "20 points"),
    ({"points": 2450, "points_value": 1_225_000}, "Mình đang có 2.450 điểm, dùng như 1.225.000 ₫.", "2,450 points"),
]


@pytest.mark.parametrize(("known", "vietnamese", "english"), SENTENCES)
def test_each_situation_has_its_sentence(db, known, vietnamese, english):
    situation = replace(LAN, **known)
    with translation.override("vi"):
        assert vietnamese in saying.sentence(situation).replace("\u00a0", " ")
    with translation.override("en"):
        assert english in saying.sentence(situation).replace("\u00a0", " ")


def test_far_away_things_are_not_said(db):
    far = replace(LAN, expiring=120, expiring_on=date(2027, 11, 30), expiring_in=370)
    far = replace(far, next_tier="Vàng", next_missing=9_000_000, window_spend=1_000_000)
    assert saying.sentence(far) == "Cảm ơn chị Lan đã ghé!"


@tuned(max_examples=60)
@given(
    st.builds(
        Situation,
        call_name=st.sampled_from(["Lan", "Ông 100%", "%(who)s", "{x}"]),
        honorific=st.sampled_from(["", "anh", "chị", "cô"]),
        points=st.integers(0, 10**9),
        points_value=st.integers(0, 10**9),
        debt=st.integers(0, 10**6),
        birthday_in=st.none() | st.integers(0, 7),
        voucher=st.sampled_from(["", "Giảm 20 %", "%s"]),
        vouchers=st.integers(0, 9),
        expiring=st.integers(0, 10**6),
        expiring_on=st.just(date(2026, 11, 30)),
        expiring_in=st.none() | st.integers(0, 400),
        silent_days=st.none() | st.integers(0, 4000),
        joined_days=st.none() | st.integers(0, 4000),
    )
)
def test_whatever_is_known_there_is_one_short_sentence_that_names_the_customer(situation):
    said = saying.sentence(situation)
    assert situation.call_name in said and len(said) < 200
