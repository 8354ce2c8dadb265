"""Figures and days as this shop writes them, in the language of the page."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from loyalty import money, policies
from loyalty.look import brand, words
from tests.factories.shop import Shop

NOON = datetime(2026, 11, 21, 5, 5, tzinfo=UTC)


@pytest.fixture
def shop(db):
    return Shop()


def written(source, language, **values):
    with translation.override(language):
        return Template("{% load shop %}" + source).render(Context(values)).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("source", "value", "vietnamese", "english"),
    [
        ("{{ it|number }}", 1234567, "1.234.567", "1,234,567"),
        ("{{ it|signed }}", -18, "−18", "−18"),
        ("{{ it|signed }}", 37, "+37", "+37"),
        ("{{ it|money }}", 1234567, "1.234.567 ₫", "₫1,234,567"),
        ("{{ it|money }}", -5000, "-5.000 ₫", "-₫5,000"),
        ("{{ it|points }}", 1234, "1.234 điểm", "1,234 points"),
        ("{{ it|points }}", 1, "1 điểm", "1 point"),
        ("{{ it|points }}", 0, "0 điểm", "0 points"),
        ("{{ it|signed_points }}", -1, "−1 điểm", "−1 point"),
        ("{{ it|day }}", date(2026, 11, 21), "21/11/2026", "21/11/2026"),
        ("{{ it|day }}", datetime(2026, 11, 21, 18, 0, tzinfo=UTC), "22/11/2026", "22/11/2026"),
        ("{{ it|clock }}", NOON, "12:05", "12:05"),
        ("{{ it|moment }}", NOON, "21/11/2026 12:05", "21/11/2026 12:05"),
        ("{{ it|points }}", None, "—", "—"),
        ("{{ it|money }}", None, "—", "—"),
    ],
)
def test_figures_in_both_languages(shop, source, value, vietnamese, english):
    assert written(source, "vi", it=value) == vietnamese
    assert written(source, "en", it=value) == english


def test_points_and_money_follow_the_shop(shop):
    policies.change_programme(changes={"point_name_vi": "hạt", "point_name_en": "beans", "currency_sign": "đ"})

    assert written("{{ 1234|points }}, {{ 25000|money }}", "vi") == "1.234 hạt, 25.000đ"
    assert written("{{ 1|points }}, {{ 25000|money }}", "en") == "1 bean, 25,000đ"
    assert written("{{ brand.unit }}", "vi", brand=brand.current()) == "hạt"


def test_a_sign_of_letters_keeps_its_distance():
    assert money.written(25_000, currency="VND", language="vi", sign="VND") == "25.000\u00a0VND"
    assert money.written(-2933, currency="USD", language="en") == "-$29.33"
    assert money.written(2933, currency="USD", language="vi").replace("\u00a0", " ") == "29,33 US$"


def test_an_icon_is_decoration_unless_it_says_something():
    assert 'aria-hidden="true"' in written("{% icon 'gift' %}", "vi")
    assert '#gift"' in written("{% icon 'gift' %}", "vi")
    spoken = written("{% icon 'gift' label=it %}", "vi", it="<Quà>")
    assert 'role="img" aria-label="&lt;Quà&gt;"' in spoken


def test_a_page_of_many_amounts_asks_once(shop, django_assert_num_queries):
    brand.current()
    with django_assert_num_queries(1), brand.asked_once():
        written("{{ 1|points }}{{ 2|money }}{{ 3|points }}{{ 4|money }}", "vi")


def test_a_deadline_names_its_weekday_and_another_year_only():
    at = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
    assert words.deadline(datetime(2026, 11, 30, 2, 30, tzinfo=UTC), at=at) == "9:30 thứ Hai 30/11"
    assert words.deadline(datetime(2027, 1, 2, 17, 5, tzinfo=UTC), at=at) == "0:05 Chủ nhật 3/1/2027"
    with translation.override("en"):
        assert words.deadline(datetime(2026, 11, 30, 2, 30, tzinfo=UTC), at=at) == "9:30 on Monday 30/11"
