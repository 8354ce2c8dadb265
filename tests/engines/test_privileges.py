"""In production the platform works as a role that may add to the books and change nothing in them."""

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from analytics import rebuilding
from events import clock, delivering
from events.models import Delivery
from loyalty import adjusting, auditing, nightly, returning
from loyalty.engines import privileges
from rewards import voiding
from rewards.claiming import Named
from tests.factories.shop import Shop
from tests.importing.files import bills, load
from tests.rewards import wallets

ROLE = "loyalty_app_of_tests"


@pytest.fixture
def as_application(shop_db: object) -> Iterator[None]:
    """Django's connections belong to the application's role, as in production."""
    privileges.grant(role=ROLE, password="only-for-tests")
    settings = connection.settings_dict
    owner = settings["USER"]
    connection.close()
    settings["USER"] = ROLE
    try:
        yield
    finally:
        connection.close()
        settings["USER"] = owner
        with connection.cursor() as cursor:
            cursor.execute(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")


@pytest.mark.usefixtures("as_application")
def test_the_application_sells_takes_back_adjusts_imports_and_ends_points() -> None:
    shop = Shop(at=clock.now())
    lan = shop.member()
    bill = shop.sell(shop.bill(450_000), lan).purchase
    guest = shop.sell(shop.bill(90_000)).purchase
    for back in (bill, guest):
        returning.return_lines(
            purchase_id=back.id, receipt=f"T{back.receipt}", lines=None, till=shop.till, fingerprint=b"1", at=shop.at
        )
    adjusting.adjust(member_id=lan.id, points=20, reason="xin lỗi khách", by="user:1", at=shop.at, limit=100)
    gift, other = wallets.give(shop, lan), wallets.give(shop, lan)
    with_gift = wallets.sell(shop, shop.bill(90_000), lan, Named(code=gift.code)).purchase
    wallets.bring_back(shop, with_gift.id)
    voiding.void(voucher_id=other.id, reason="phát nhầm", by="user:1", at=shop.at)
    done = load(bills("Q9,0001,0912345678,2026-11-20T08:15:00+07:00,CF1,Cà phê sữa,coffee,2,58000,20000,sale,"))
    shop.later(days=900)
    for delivery in Delivery.objects.values_list("id", flat=True):
        assert delivering.deliver(id=delivery, at=shop.at)

    rebuilding.rebuild()
    for _done in nightly.run(day=nightly.last_due(at=shop.at), at=shop.at):
        pass

    assert (done.posted, done.refused) == (1, 0)
    assert shop.balance(lan).available == 0
    assert [found.invariant.sentence for found in auditing.run() if not found.ok] == []


@pytest.mark.usefixtures("as_application")
@pytest.mark.parametrize(
    "forbidden",
    [
        "UPDATE {table} SET id = id",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "DROP TABLE {table} CASCADE",
    ],
)
def test_the_database_refuses_the_application_what_would_change_the_books(forbidden: str) -> None:
    shop = Shop(at=clock.now())
    shop.sell(shop.bill(450_000), shop.member())

    for table in ("loyalty_return", "events_event", "members_consent"):
        with pytest.raises(ProgrammingError, match="permission denied|must be owner"), transaction.atomic():
            _execute(forbidden.format(table=table))


@pytest.mark.usefixtures("as_application")
def test_the_application_makes_no_table_and_marks_no_migration() -> None:
    for forbidden in ("CREATE TABLE mine (id int)", "DELETE FROM django_migrations", "CREATE ROLE friend"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            _execute(forbidden)


def test_every_book_is_among_the_append_only_tables() -> None:
    assert {
        "events_event",
        "loyalty_entry",
        "loyalty_lotuse",
        "loyalty_purchase",
        "loyalty_return",
        "members_consent",
    } <= set(privileges.append_only_tables())


def test_a_role_without_a_password_is_refused(shop_db: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_ROLE", ROLE)
    with pytest.raises(CommandError, match="APP_PASSWORD is not"):
        call_command("prepare", verbosity=0)


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
