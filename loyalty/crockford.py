"""Codes that people read aloud and type: 32 characters without the ones that look like another."""

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# what people read as another character, as Crockford says
_READ_AS = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015.]+")


def written(number: int, *, length: int) -> str:
    """The last `length` x 5 bits of a number."""
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (length - 1), -5, -5))


def read(typed: str) -> str:
    """What was meant by blanks, dashes, small letters, O for 0 and I or L for 1."""
    return _BETWEEN.sub("", typed).upper().translate(_READ_AS)
