"""Errors as they may be stored and shown: what went wrong and where, without what a person typed."""

import re
import traceback

from django.conf import settings

_EMAIL = re.compile(r"[^\s@'\"]+@[^\s@'\"]+")
_QUOTED = re.compile(r"'[^']*'|\"(?![a-z_]+\")[^\"]*\"")  # "lower_case" is how PostgreSQL names its own things
_LONG_NUMBER = re.compile(r"\+?\d[\d .-]{3,}\d")
MOST_CHARACTERS = 300


def error(raised: BaseException) -> str:
    """`Class: first line of the message (file:line)`, with quoted texts, e-mail addresses and long numbers left out."""
    message = str(raised).strip().partition("\n")[0]  # PostgreSQL's DETAIL, on the next line, holds the values
    for pattern in (_EMAIL, _QUOTED, _LONG_NUMBER):
        message = pattern.sub("…", message)
    text = f"{type(raised).__name__}: {message}".removesuffix(": ")
    return f"{text[:MOST_CHARACTERS]}{_place(raised)}"


def _place(raised: BaseException) -> str:
    root = f"{settings.BASE_DIR}/"
    ours = [
        frame
        for frame in traceback.extract_tb(raised.__traceback__)
        if frame.filename.startswith(root) and "site-packages" not in frame.filename
    ]
    return f" ({ours[-1].filename.removeprefix(root)}:{ours[-1].lineno})" if ours else ""
