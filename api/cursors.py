"""Where a list goes on: opaque, and of no use for anybody else's list."""

from django.utils.crypto import constant_time_compare, salted_hmac

from api.problems import malformed

# the number behind a UUID
LONGEST = 39


def make(position: int, *, of: str) -> str:
    return f"{position}.{_mark(position, of)}"


def read(text: str | None, *, of: str) -> int | None:
    """The position in a cursor we made for this list; 400 for any other."""
    if text is None:
        return None
    number, _, mark = text.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST):
        raise malformed("/cursor", "not_ours")
    if not constant_time_compare(mark, _mark(int(number), of)):
        raise malformed("/cursor", "not_ours")
    return int(number)


def _mark(position: int, of: str) -> str:
    return salted_hmac("api.cursors", f"{of}:{position}", algorithm="sha256").hexdigest()[:16]
