"""The people, bills and managers of the story, the dice by which it goes, and the events that it leaves."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import orjson
from django.db import connection

from dashboard.seeding import sayings
from dashboard.seeding.shop import Shop
from events import outbox
from loyalty.models import Purchase
from members import roles
from members.models import CaseKind, Member, StoreContact, User
from members.relationship import terms

DAYS = 120
SCORES = (10, 9, 8, 7, 6, 5, 3, 2, 0)
CHANCES = (0.31, 0.26, 0.17, 0.1, 0.05, 0.04, 0.03, 0.02, 0.02)
Told = tuple[str, UUID, UUID, int | None, dict[str, Any], datetime, str]


class Story:
    """What all rooms of this folder share; each throws the same dice in its turn."""

    def __init__(self, *, shop: Shop, seed: int, ends: datetime) -> None:
        self.ends = ends
        self.chance = np.random.default_rng([seed, 9])
        self._told: list[Told] = []
        self._managers = _managers(shop)
        self.terms = {kind: terms.of(kind) for kind in CaseKind}
        self.close_reasons = {reason.pk: reason for reason in terms.reasons()}
        since = ends - timedelta(days=DAYS)
        bills = Purchase.objects.filter(member_id__isnull=False, occurred_at__range=(since, ends), status="posted")
        self.bills: list[tuple[UUID, Any, int, datetime]] = list(
            bills.order_by("occurred_at", "store_id", "receipt").values_list(
                "id", "member_id", "store_id", "occurred_at"
            )
        )
        people = Member.objects.filter(practice=False).order_by("joined_at", "folded_name", "id")
        self.people = list(people.values_list("id", "home_store_id", "honorific", "call_name", "joined_at"))

    def pick(self, among: Any) -> Any:
        return among[int(self.chance.integers(len(among)))]

    def owner(self, store_id: int | None) -> User:
        return self._managers.get(store_id or 0) or next(iter(self._managers.values()))

    def tell(
        self, type: str, member: UUID, subject: UUID, store: int | None, data: dict[str, Any], at: datetime, by: str
    ) -> None:
        self._told.append((type, member, subject, store, data, at, by))

    def record(self) -> None:
        """All events in one statement, in the order in which it all happened."""
        self._told.sort(key=lambda told: told[5])
        rows = [
            {
                "type": type,
                "member": str(member),
                "subject": str(subject),
                "store": store,
                "data": data,
                "at": at.isoformat(),
                "by": by,
                "readers": outbox.readers_of(type),
            }
            for type, member, subject, store, data, at, by in self._told
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(events_record(t.type, t.member, t.subject, t.store, t.data, t.at, t.at, t.by, '',"
                " t.readers)) FROM jsonb_to_recordset(%s::jsonb) AS t(type text, member uuid, subject uuid, store int,"
                " data jsonb, at timestamptz, by text, readers text[])",
                [orjson.dumps(rows).decode()],
            )


def _managers(shop: Shop) -> dict[int, User]:
    """Each store's manager, who looks after its members. They sign in once an admin has given them a password."""
    found = {}
    for store, (first, last) in zip(shop.stores, sayings.MANAGERS, strict=True):
        user, made = User.objects.get_or_create(
            username=f"manager-{store.code}",
            defaults={"first_name": first, "last_name": last, "is_staff": True, "store_ids": [store.pk]},
        )
        if made:
            user.set_unusable_password()
            user.save(update_fields=["password"])
            roles.give(user=user, role=roles.STORE_MANAGER)
        StoreContact.objects.get_or_create(store_id=store.pk, defaults={"person": user})
        found[store.pk] = user
    return found


_ids: list[UUID] = []


def new_id() -> UUID:
    """The next id by the database's own clock, a thousand at a time."""
    if not _ids:
        with connection.cursor() as cursor:
            cursor.execute("SELECT uuidv7() FROM generate_series(1, 1000)")
            _ids.extend(row[0] for row in reversed(cursor.fetchall()))
    return _ids.pop()
