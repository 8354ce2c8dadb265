"""Two helpers that share the work on a file leave the books that one alone would leave."""

import pytest
from django.db import connection, transaction

from loyalty import auditing, founding, policies
from loyalty.importing import halves
from loyalty.models import Account
from tests.importing.files import NOW, bills, load
from tests.running import ShopDatabase

ROWS = [
    f"Q{n % 3},{n:05d},{['0912345678', '0987654321', '', f'03567890{n % 10:02d}'][n % 4]},"
    f"2026-11-{1 + n % 20:02d}T{8 + n // 60:02d}:{n % 60:02d}:00+07:00,"
    f"CF{line},Cà phê,coffee,{1 + line},{n + 20}000,9000,sale,"
    for n in range(300)
    for line in range(1 + n % 3)
]


def books() -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.code, p.receipt, p.total, p.earned, p.available_after, i.value, p.fingerprint::text "
            "FROM loyalty_purchase p JOIN loyalty_store s ON s.id = p.store_id "
            "LEFT JOIN members_identifier i ON i.member_id = p.member_id AND i.kind = 'phone' ORDER BY 1, 2"
        )
        found = cursor.fetchall()
        cursor.execute("SELECT kind, count(*), sum(available) FROM loyalty_entry GROUP BY kind ORDER BY kind")
        return {"bills": found, "entries": cursor.fetchall()}


def test_two_helpers_make_the_books_of_one(shop_db: ShopDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    founding.found(name="Cà phê Sáng", at=NOW)
    policies.forget()
    with transaction.atomic():  # inside a transaction nobody helps
        load(bills(*ROWS))
        alone = books()
        transaction.set_rollback(True)
    monkeypatch.setattr(halves, "WORTH_IT", 1)

    done = load(bills(*ROWS))
    together = books()
    again = load(bills(*ROWS))

    assert (done.posted, done.refused, again.posted, again.known) == (300, 0, 0, 300)
    assert together == alone
    assert Account.objects.count() == 2 + 5
    assert [found.invariant.sentence for found in auditing.run() if not found.ok] == []
