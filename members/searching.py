"""Searching members by whatever somebody says at the counter: a number, its end, a card, some words of a name.

Every form walks an index and stops at `limit`. What is typed only ever becomes a parameter or the bound of a range;
words are letters and digits, so that `%`, `_` and `\\` mean nothing.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import permutations
from typing import Any
from uuid import UUID

from django.db import connection

from events.refusals import Refusal
from members import identifying

LONGEST_TEXT = 200
MOST = 100
LEAST_DIGITS = 4
_ALL_DIGITS = re.compile(r"[0-9]{4,15}", re.ASCII)
# beyond every letter: the end of the range of texts that begin with a word
_LAST = "\U0010ffff"
# a finished word is followed by a blank or by nothing
_WORD_ENDS = "!"
# words are tried in every order up to so many; nobody turns round a name of four
TURNED_WORDS = 3


class CursorUnreadable(Refusal):
    """Not the place of a member in an earlier answer."""

    code = "cursor_unreadable"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A member in a list of results. `phone` is E.164: doors mask it; `cursor` is where the next page goes on."""

    member_id: UUID
    name: str
    call_name: str
    honorific: str
    phone: str | None
    card: str | None
    cursor: str


@dataclass(frozen=True)
class _Place:
    """Where in the order of results a member stands: which walk, the token it was met by, and its id."""

    walk: int = 0
    token: str = ""
    member_id: str = "00000000-0000-0000-0000-000000000000"
    met: bool = False


@dataclass(frozen=True)
class _Walk:
    """One way along an index. `sql` yields (token, member columns) in order of token and member id.

    `enough`: whom it finds is who was meant, and no further walk is made.
    """

    sql: str
    values: dict[str, Any]
    enough: bool = False


def search(text: str, *, limit: int = 20, after: str | None = None, practice: bool = False) -> list[Found]:
    """At most `limit` (≤ 100) active members that the text may mean, the closest first; the next page `after` a cursor.

    Understood: a phone in any spelling; the last four or more digits of one; a card or outside id; an e-mail;
    `5678 lan` (end of the phone and words of the name); words of the name without accents, the last one unfinished.
    Anything else finds nobody. Raises CursorUnreadable.
    """
    limit = min(limit, MOST)
    if len(text) > LONGEST_TEXT or limit < 1:
        return []
    start = _place(after)
    found: list[Found] = []
    for number, walk in enumerate(_walks(identifying.clean(text), practice)):
        if number < start.walk:
            continue
        begin = start if number == start.walk else _Place(walk=number)
        found += _take(walk, begin=begin, limit=limit - len(found), practice=practice)
        if len(found) == limit or (walk.enough and (found or begin.met)):
            break
    return found


# --- what the text may mean -------------------------------------------------------------------------------------------


def _walks(text: str, practice: bool) -> Iterator[_Walk]:
    if "@" in text:
        yield from _by_email(text)
        return
    words = identifying.words(text)[: identifying.MOST_WORDS]
    numbers = [word for word in words if _ALL_DIGITS.fullmatch(word)]
    letters = [word for word in words if word.isalpha()]
    if len(numbers) == 1 and len(letters) == len(words) - 1 > 0:
        yield _by_end_and_name(numbers[0], letters)
    if any("0" <= character <= "9" for character in text):
        yield from _by_number(text)
    if numbers:
        return
    if words and practice:
        yield _by_practice_name(words)
    elif words:
        yield from _by_name(words)


def _by_email(text: str) -> Iterator[_Walk]:
    try:
        address = identifying.email(text)
    except identifying.EmailUnreadable:
        return
    yield _identified(_NUMBER_IS.format(kind="email"), {"email": address})


def _by_number(text: str) -> Iterator[_Walk]:
    """The number as a whole first, then as the end of a phone."""
    whole = {}
    for kind, read in (("phone", identifying.phone), ("card", identifying.card), ("external", identifying.external)):
        with suppress(Refusal):
            whole[kind] = read(text)
    if whole:
        yield _identified(" UNION ALL ".join(_NUMBER_IS.format(kind=kind) for kind in whole), whole)
    digits = identifying.joined_digits(text)
    if "phone" not in whole and _ALL_DIGITS.fullmatch(digits):
        yield _identified(_end_of_phone(digits), _end_values(digits))


def _by_end_and_name(digits: str, words: list[str]) -> _Walk:
    return _identified(
        _end_of_phone(digits), {**_end_values(digits), **_word_values(words)}, condition=_has_words(words)
    )


def _identified(numbers: str, values: dict[str, str], *, condition: str = "TRUE") -> _Walk:
    return _Walk(_IDENTIFIED.format(numbers=numbers, condition=condition), values, enough=True)


def _by_name(words: list[str]) -> Iterator[_Walk]:
    """The words in the order typed, the last one unfinished; then in any other order."""
    typed = (" ".join(words)[: identifying.LONGEST_TOKEN], _LAST)
    # so many words in the order typed are a name, and whoever bears it is who was meant
    yield _named([typed], seen=[], enough=len(words) >= TURNED_WORDS)
    if 1 < len(words) <= TURNED_WORDS:
        turned = {order for order in permutations(words) if order != tuple(words)}
        # a word that was typed last may be unfinished only if it still stands last
        others = [(" ".join(order), _LAST if order[-1] == words[-1] else _WORD_ENDS) for order in sorted(turned)]
        if others:
            yield _named(others, seen=[typed])


def _named(ranges: list[tuple[str, str]], *, seen: list[tuple[str, str]], enough: bool = False) -> _Walk:
    """Along the tokens in these ranges, without the members who have one in a range already walked."""
    values: dict[str, str] = {}
    for number, (first, end) in enumerate([*ranges, *seen]):
        values |= {f"first{number}": first, f"last{number}": first + end}
    here, before = range(len(ranges)), range(len(ranges), len(ranges) + len(seen))
    tokens = " UNION ALL ".join(_TOKENS.format(n=n) for n in here)
    earlier = " OR ".join(
        [f"({_WITHIN.format(n=n)} AND e.token < t.token)" for n in here] + [_WITHIN.format(n=n) for n in before]
    )
    return _Walk(_NAMED.format(tokens=tokens, earlier=earlier), values, enough=enough)


def _by_practice_name(words: list[str]) -> _Walk:
    return _Walk(_PRACTISED.format(condition=_has_words(words)), _word_values(words))


# --- conditions and their values --------------------------------------------------------------------------------------


def _end_of_phone(digits: str) -> str:
    return _LAST_FOUR_ARE if len(digits) == LEAST_DIGITS else _END_IS


def _end_values(digits: str) -> dict[str, str]:
    return {"end": digits, "end_first": digits[::-1], "end_last": digits[::-1] + _LAST}


def _has_words(words: list[str]) -> str:
    return " AND ".join(f"' ' || m.folded_name || ' ' LIKE %(word{number})s" for number in range(len(words)))


def _word_values(words: list[str]) -> dict[str, str]:
    *whole, unfinished = words
    patterns = [f"% {word} %" for word in whole] + [f"% {unfinished}%"]
    return {f"word{number}": pattern for number, pattern in enumerate(patterns)}


# --- the walks --------------------------------------------------------------------------------------------------------

# Each walk reads one index in the order of its results and looks at one member after another. OFFSET 0 keeps the
# planner from turning it round: it cannot know how few of the words meet in one name; a wrong guess costs a second.
_MEMBER = (
    "LATERAL (SELECT m.id, m.name, m.call_name, m.honorific, m.folded_name FROM members_member m"
    " WHERE m.id = {id} AND m.status = 'active' AND m.practice = %(practice)s OFFSET 0) m"
)

_IDENTIFIED = (
    "SELECT '' AS token, m.* FROM (SELECT DISTINCT member_id FROM ({numbers}) n) i, "
    + _MEMBER.format(id="i.member_id")
    + " WHERE {condition} ORDER BY i.member_id LIMIT %(limit)s"
)

_NUMBER_IS = (
    "SELECT member_id FROM members_identifier WHERE kind = '{kind}' AND value = %({kind})s"
    " AND practice = %(practice)s AND until_at IS NULL AND member_id > %(after_id)s::uuid"
)

_LAST_FOUR_ARE = (
    "SELECT member_id FROM members_identifier WHERE kind = 'phone' AND \"right\"(value, 4) = %(end)s"
    " AND practice = %(practice)s AND until_at IS NULL AND member_id > %(after_id)s::uuid ORDER BY member_id"
)

_END_IS = (
    "SELECT member_id FROM (SELECT member_id FROM members_identifier WHERE kind = 'phone' AND until_at IS NULL"
    " AND reverse(value) >= %(end_first)s AND reverse(value) < %(end_last)s AND practice = %(practice)s OFFSET 0) e"
    " WHERE member_id > %(after_id)s::uuid"
)

_TOKENS = (
    "(SELECT token, member_id FROM members_nametoken"
    " WHERE token >= %(first{n})s AND token < %(last{n})s AND token >= %(after_token)s"
    " AND (token > %(after_token)s OR member_id > %(after_id)s::uuid) ORDER BY token, member_id)"
)
_WITHIN = "(e.token >= %(first{n})s AND e.token < %(last{n})s)"

# a member whom several tokens would find stands at the first of them
_NAMED = (
    "SELECT t.token, m.* FROM ({tokens}) t, "
    + _MEMBER.format(id="t.member_id")
    + " WHERE NOT (SELECT bool_or({earlier}) FROM members_nametoken e WHERE e.member_id = t.member_id)"
    " ORDER BY t.token, t.member_id LIMIT %(limit)s"
)

_PRACTISED = (
    "SELECT m.folded_name AS token, m.id, m.name, m.call_name, m.honorific FROM members_member m"
    " WHERE m.practice AND m.status = 'active' AND {condition}"
    " AND (m.folded_name, m.id) > (%(after_token)s, %(after_id)s::uuid)"
    " ORDER BY m.folded_name, m.id LIMIT %(limit)s"
)

_WITH_IDENTIFIERS = (
    "SELECT h.token, h.id, h.name, h.call_name, h.honorific, own.phone, own.card FROM ({walk}) h, LATERAL ("
    " SELECT max(value) FILTER (WHERE kind = 'phone') AS phone, max(value) FILTER (WHERE kind = 'card') AS card"
    " FROM members_identifier WHERE member_id = h.id AND until_at IS NULL) own"
    " ORDER BY h.token, h.id"
)


def _take(walk: _Walk, *, begin: _Place, limit: int, practice: bool) -> list[Found]:
    values = {
        **walk.values,
        "practice": practice,
        "after_token": begin.token,
        "after_id": begin.member_id,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WITH_IDENTIFIERS.format(walk=walk.sql), values)
        rows = cursor.fetchall()
    return [
        Found(
            member_id=member_id,
            name=name,
            call_name=call_name,
            honorific=honorific,
            phone=phone,
            card=card,
            cursor=f"{begin.walk}.{member_id}.{token}",
        )
        for token, member_id, name, call_name, honorific, phone, card in rows
    ]


_CURSOR = re.compile(r"([0-9])\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([^\W_ ]?[\w ]{0,120})")


def _place(cursor: str | None) -> _Place:
    if cursor is None:
        return _Place()
    read = _CURSOR.fullmatch(cursor)
    if read is None:
        raise CursorUnreadable
    return _Place(walk=int(read[1]), token=read[3], member_id=read[2], met=True)
