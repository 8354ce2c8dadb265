"""The history as the CSV files an older till would hand over; read by the same imports as anybody's files."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from dashboard.seeding import menu
from dashboard.seeding.history import History
from dashboard.seeding.people import Person
from dashboard.seeding.places import PLACES
from dashboard.seeding.returns import CameBack

PURCHASES = (
    "store", "receipt", "member", "occurred_at", "sku", "name", "category", "quantity", "amount", "cost", "kind",
    "original_receipt",
)  # fmt: skip
MEMBERS = (
    "external_id", "phone", "email", "card", "name", "birth_date", "birth_calendar", "gender", "province", "ward",
    "joined_at", "joined_via", "home_store", "tier", "tier_until", "tags", "points", "points_expire_on",
)  # fmt: skip
CONSENTS = ("member", "purpose", "channel", "granted_at", "how", "text_version", "evidence")


def _sheet(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def purchases(history: History, *, bills: Sequence[int], came_back: Sequence[CameBack]) -> str:
    """These bills and returns, one row per line, members by their outside id."""
    return _sheet(PURCHASES, [*_sales(history, bills), *_returns(history, came_back)])


def _sales(history: History, bills: Sequence[int]) -> Iterator[Sequence[object]]:
    for bill in bills:
        yield from _rows(history, bill, history.lines.of(bill), history.receipts[bill], history.moment(bill), "sale")


def _returns(history: History, came_back: Sequence[CameBack]) -> Iterator[Sequence[object]]:
    for back in came_back:
        yield from _rows(history, back.bill, back.lines, back.receipt, back.at, "return")


def _rows(
    history: History, bill: int, lines: Iterable[int], receipt: str, at: datetime, kind: str
) -> Iterator[Sequence[object]]:
    person = history.member_of(bill)
    head = (PLACES[int(history.visits.store[bill])].code, receipt, person.external_id if person else "", at.isoformat())
    tail = (kind, history.receipts[bill] if kind == "return" else "")
    sold = history.lines
    for line in lines:
        item = menu.MENU[sold.item[line]]
        yield (
            *head,
            item.sku,
            item.name,
            item.group,
            f"{sold.quantity[line]:g}",
            int(sold.amount[line]),
            int(sold.cost[line]),
            *tail,
        )


def members(crowd: Sequence[Person]) -> str:
    """These people as the older system knew them."""
    return _sheet(
        MEMBERS,
        [
            (
                person.external_id,
                person.phone,
                person.email,
                person.card,
                person.name,
                person.birth_date,
                person.birth_calendar if person.birth_date else "",
                person.gender,
                person.province,
                person.ward,
                person.joined_at.isoformat(),
                person.joined_via,
                PLACES[person.store].code,
                "",
                "",
                "",
                "",
                "",
            )
            for person in crowd
        ],
    )


def consents(crowd: Sequence[Person]) -> str:
    """What these people agreed to when they joined, with what proves it."""
    return _sheet(
        CONSENTS,
        [
            (
                person.external_id,
                purpose,
                channel,
                person.joined_at.isoformat(),
                "counter" if person.joined_via == "counter" else "portal",
                f"{purpose}-1",
                f"HC-{person.number:06d}",
            )
            for person in crowd
            for purpose, channel in person.agreed
        ],
    )
