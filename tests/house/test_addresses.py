"""No address without a row in the access matrix (TRUST: roles), and no row without an address."""

from django.urls import path
from django.urls.resolvers import _get_cached_resolver

from loyalty import urls
from tests.doors import rows
from tests.doors.addresses import walk

WHERE = "write who may open it in tests/doors/rows/<its door>.py"


def without_a_row() -> list[str]:
    known = set(rows.named())
    return [f"{address.name} ({address.route})" for address in walk() if address.name not in known]


def test_every_address_has_its_row_in_the_access_matrix():
    assert not without_a_row(), f"{', '.join(without_a_row())}: {WHERE}"


def test_a_page_landed_without_a_row_is_found(monkeypatch):
    planted = [path("new/<int:id>/", urls.include, name="new"), path("unnamed/", urls.include)]
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, *planted])
    _get_cached_resolver.cache_clear()
    try:
        assert without_a_row() == ["new (/new/<int:id>/)", "/unnamed/ (/unnamed/)"]
    finally:
        monkeypatch.undo()
        _get_cached_resolver.cache_clear()


def test_every_row_is_of_one_address():
    assert sorted(address.name for address in walk()) == sorted(rows.named())
