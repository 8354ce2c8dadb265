"""Pages that say one thing: errors and links from messages. They wear the shop's look, run no script, set no cookie."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from loyalty.look import changing
from loyalty.look.changing import Words
from tests.factories.shop import Shop


@pytest.fixture
def shop(db):
    shop = Shop()
    changing.change(words=Words(name="Trà Xanh", unit_vi="sao", unit_en="stars"), colour="#8b1e3f")
    return shop


def test_a_page_that_is_not_there_wears_the_shop(client, shop, settings):
    settings.DEBUG = False
    page = client.get("/nowhere/")

    assert page.status_code == 404
    text = page.content.decode()
    assert "Trà Xanh" in text
    assert "/brand.css?v=" in text
    assert "<script" not in text
    assert not page.cookies


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "429", "500"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_error_is_said_even_where_the_shop_cannot_be_asked(code, language, django_assert_num_queries, db):
    """As Django renders them: without a request, perhaps without a database."""
    with translation.override(language), django_assert_num_queries(0):
        text = render_to_string(f"{code}.html")

    assert text.count("<h1>") == 1
    assert "portal.css" in text
    assert 'href=""' not in text


@pytest.mark.parametrize(("path", "home"), [("/me/x", "/me/"), ("/counter/x", "/counter/"), ("/admin/x", "/")])
def test_the_way_out_leads_to_the_same_door(rf, db, path, home):
    assert f'href="{home}"' in render_to_string("404.html", request=rf.get(path))
