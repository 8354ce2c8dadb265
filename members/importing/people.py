"""Members from a file: staged by COPY, every different text read once, written set by set.

Called by the floor above, which knows stores, points and tiers (`loyalty.importing.members`); works on `import_row`.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.text import slugify

from events import outbox
from events.refusals import Refusal
from members import addressing, birthdays, identifying, joining
from members.importing import resolving, staging
from members.importing.reading import MOMENT, TEXT
from members.importing.report import ImportReport
from members.importing.translating import translate
from members.models import Member

SQL = Path(__file__).parent / "sql"
TEXTS = "external_id phone email card name birth_date birth_calendar gender province ward joined_via home_store tags"
COLUMNS = dict.fromkeys(TEXTS.split(), TEXT) | {"joined_at": MOMENT}
READ = ("external", "phone", "email", "card", "called", "birthday", "gender", "keys")
MADE = ("named", "person", "claim", "owner", "refused", "joiner", "own_card", "place")
CALENDARS = {
    "": Member.Calendar.SOLAR,
    "solar": Member.Calendar.SOLAR,
    "lunar": Member.Calendar.LUNAR,
    "duong": Member.Calendar.SOLAR,
    "am": Member.Calendar.LUNAR,
    "duong lich": Member.Calendar.SOLAR,
    "am lich": Member.Calendar.LUNAR,
}
GENDERS = {
    **dict.fromkeys(("female", "f", "nu", "chi", "ba"), Member.Gender.FEMALE),
    **dict.fromkeys(("male", "m", "nam", "anh", "ong"), Member.Gender.MALE),
    **dict.fromkeys(("other", "khac", "x"), Member.Gender.OTHER),
}


class Unreadable(Refusal):
    code = "unreadable"


def drop_working_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS " + ", ".join(f"import_{name}" for name in READ + MADE))


def find(*, at: datetime) -> None:
    """`import_joiner` (person, key, member_id, fresh) and `import_named` (row, key …): who the rows are.

    Rows that cannot be read, or would name two members, join `import_problem`.
    """
    _translate()
    staging.run(SQL / "people_rows.sql", at=at)
    staging.run(SQL / "people.sql")
    fresh = staging.count("SELECT count(*) FROM import_joiner WHERE fresh")
    staging.run(SQL / "own_cards.sql", cards=resolving.cards(fresh + 1000 if fresh else 0))


def _translate() -> None:
    value = "value text"
    translate(into="import_external", texts="external_id", reader=lambda t: [identifying.external(t)], outputs=value)
    translate(into="import_phone", texts="phone", reader=lambda t: [identifying.phone(t)], outputs=value)
    translate(into="import_email", texts="email", reader=lambda t: [identifying.email(t)], outputs=value)
    translate(into="import_card", texts="card", reader=lambda t: [identifying.card(t)], outputs=value)
    translate(into="import_called", texts="name", reader=_name, outputs="name text, folded text, called text")
    translate(
        into="import_birthday",
        texts="birth_date || '|' || coalesce(birth_calendar, '')",
        reader=_birthday,
        outputs="day smallint, month smallint, year smallint, calendar text, unsure boolean",
    )
    translate(into="import_gender", texts="gender", reader=lambda t: [_among(GENDERS, t)], outputs=value)
    translate(into="import_keys", texts="tags", reader=lambda t: [_keys(t)], outputs="keys text[]")


def _name(text: str) -> list[str]:
    named = joining.naming(name=text)
    return [named["name"], named["folded_name"], named["call_name"]]


def _birthday(text: str) -> list[Any]:
    date, _, calendar = text.rpartition("|")
    if not date.strip():
        raise Unreadable
    told = birthdays.read(date, calendar=_among(CALENDARS, calendar), bulk=True)
    return [told.day, told.month, told.year, told.calendar, told.unsure]


def _among(known: Mapping[str, str], text: str) -> str:
    value = known.get(identifying.fold(text))
    if value is None:
        raise Unreadable
    return value


def _keys(text: str) -> str:
    """Tags as an array: parted by semicolon, comma or bar, in small letters without marks."""
    for sign in ",|":
        text = text.replace(sign, ";")
    keys = [slugify(identifying.fold(part))[:64] for part in text.split(";") if part.strip()]
    if not all(keys):
        raise Unreadable
    return "{" + ",".join(dict.fromkeys(keys)) + "}"


def enrol(done: ImportReport, *, first: int, last: int, at: datetime, by: str) -> None:
    """The new members among these persons join, in the caller's transaction; one event tells of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM import_joiner WHERE fresh AND person BETWEEN %s AND %s",
            [first, last],
        )
        joined = int(cursor.fetchone()[0])
    staging.run(
        SQL / "enrol_people.sql",
        first=first,
        last=last,
        at=at,
        by=f"import:{done.import_id}",
        madam=addressing.honorific(Member.Gender.FEMALE),
        sir=addressing.honorific(Member.Gender.MALE),
        other=addressing.honorific(""),
    )
    if joined:
        outbox.record(
            type="members.imported",
            subject_id=done.import_id,
            data={"import_id": str(done.import_id), "members": joined},
            at=at,
            by=by,
        )
    done.members_joined += joined
