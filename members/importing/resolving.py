"""Who is meant by the phones, cards, e-mails or outside ids of a file."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection
from psycopg2.extras import execute_values

from events.refusals import Refusal
from members import addressing, identifying
from members.importing import staging

SQL = Path(__file__).parent / "sql"
KINDS = ("phone", "card", "email", "external")
SAMPLE = 2000

_READERS: dict[str, Callable[[str], str]] = {
    "phone": identifying.phone,
    "card": identifying.card,
    "email": identifying.email,
    "external": identifying.external,
}


def read(kind: str, text: str) -> str | None:
    """The kept spelling of a text of that kind; None where it cannot be one."""
    try:
        return _READERS[kind](text.removeprefix("'"))
    except Refusal:
        return None


def resolve(*, kind: str = "", table: str = "TEMP") -> str:
    """Turn `import_name` (text, first_at) into `import_member` (…, member_id, reason); answers the kind used.

    Without a kind, the file itself says: the kind under which most of a sample of its texts are members, else the kind
    they look like. `table`: the kind of table that `import_member` becomes.
    """
    with connection.cursor() as cursor:
        kind = kind or _kind_of_sample(cursor)
        cursor.execute("DROP TABLE IF EXISTS import_read, import_member")
        cursor.execute(staging.text(SQL / "read_names.sql"), {"kind": kind})
        _read_the_rest(cursor, kind)
        cursor.execute("ANALYZE import_read")
        made = staging.text(SQL / "resolve.sql").replace("CREATE TEMP", f"CREATE {table}")
        cursor.execute(made, {"kind": kind})
        cursor.execute("ANALYZE import_member")
    return kind


def _read_the_rest(cursor: Any, kind: str) -> None:
    cursor.execute("SELECT text FROM import_read WHERE value IS NULL")
    read_here = [(text, read(kind, text)) for (text,) in cursor.fetchall()]
    readable = [(text, value) for text, value in read_here if value is not None]
    if readable:
        execute_values(
            cursor.cursor,
            "UPDATE import_read n SET value = r.value FROM (VALUES %s) AS r (text, value) WHERE n.text = r.text",
            readable,
            page_size=10_000,
        )


def _kind_of_sample(cursor: Any) -> str:
    cursor.execute(
        "SELECT text FROM import_name WHERE text <> '' ORDER BY hashtext(text) LIMIT %s",
        [SAMPLE],
    )
    texts = [text for (text,) in cursor.fetchall()]
    known = {kind: _known(cursor, kind, texts) for kind in KINDS}
    best = max(KINDS, key=lambda kind: known[kind])
    if known[best]:
        return best
    looks = Counter(looks_like(text) for text in texts)
    return looks.most_common(1)[0][0] if looks else "external"


def _known(cursor: Any, kind: str, texts: Sequence[str]) -> int:
    values = [value for value in (read(kind, text) for text in texts) if value]
    cursor.execute(
        "SELECT count(DISTINCT value) FROM members_identifier "
        "WHERE kind = %s AND value = ANY(%s) AND NOT practice AND until_at IS NULL",
        [kind, values],
    )
    return int(cursor.fetchone()[0])


def looks_like(text: str) -> str:
    """The kind a text seems to be, where no member is known by it."""
    if "@" in text:
        return "email"
    if text.lstrip("'")[:1] in "+0" and read("phone", text):
        return "phone"
    if text.upper().startswith(identifying.OWN_CARD) and read("card", text):
        return "card"
    return "external"


def join_unknown(*, kind: str, at: datetime) -> int:
    """Make members of the texts in `import_joining` (text, value, first_at); answers how many joined."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM import_joining")
        many = int(cursor.fetchone()[0])
        if many:
            cursor.execute(
                staging.text(SQL / "join_members.sql"),
                {
                    "kind": kind,
                    "at": at,
                    "cards": cards(many),
                    "honorific": addressing.honorific(""),
                },
            )
    return many


def cards(many: int) -> list[str]:
    """So many cards of ours that nobody can guess, none twice, with their Damm digits; drawn all at once."""
    after = {identifying.check_digit(str(first)): str(first) for first in range(10)}
    table = np.array([[int(identifying.check_digit(f"{after[str(i)]}{d}")) for d in range(10)] for i in range(10)])
    numbers = np.array([], dtype=np.uint64)
    while len(numbers) < many:
        drawn = np.frombuffer(os.urandom(8 * (many + 16)), dtype=np.uint64) % np.uint64(10**11)
        numbers = np.unique(np.concatenate([numbers, drawn]))
    numbers = np.random.default_rng(int.from_bytes(os.urandom(8))).permutation(numbers)[:many].astype(np.int64)
    digit = np.zeros(many, dtype=np.int64)
    for power in range(10, -1, -1):
        digit = table[digit, numbers // 10**power % 10]
    return [f"{identifying.OWN_CARD}{number:011d}{check}" for number, check in zip(numbers, digit, strict=True)]
