"""What a caller sent, read strictly: bodies into shapes, addresses into parameters, all wrong input into a 400."""

import hashlib
import re
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from django.http import HttpRequest

from api.problems import Problem, malformed
from api.shapes.parts import Body, Quantity

B = TypeVar("B", bound=Body)

LARGEST_BODY = 1024 * 1024
LARGEST_BATCH = 8 * 1024 * 1024
MOST_PARAMETERS = 20
_JSON_TYPE = re.compile(r"application/json\s*(;\s*charset\s*=\s*\"?utf-8\"?\s*)?", re.IGNORECASE)
# an escaped NUL: an odd number of backslashes before u0000
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def raw_body(request: HttpRequest, *, limit: int) -> bytes:
    """The bytes of the body, also of one sent in chunks without a length. 413 beyond the limit, 415 for other types."""
    declared = request.META.get("CONTENT_LENGTH") or ""
    if declared.isdigit() and int(declared) > limit:
        raise Problem(413, "too_large")
    stream: Any = request
    if not declared and request.META.get("wsgi.input_terminated"):
        stream = request.META["wsgi.input"]
    data: bytes = stream.read(limit + 1)
    if len(data) > limit:
        raise Problem(413, "too_large")
    if data and not _JSON_TYPE.fullmatch(request.META.get("CONTENT_TYPE", "").strip()):
        raise Problem(415, "unsupported_media_type")
    return data


@cache
def _decoder(shape: type[B]) -> msgspec.json.Decoder[B]:
    return msgspec.json.Decoder(shape, dec_hook=_own_type, float_hook=Decimal)


def _own_type(wanted: type, value: object) -> object:
    if wanted is Quantity:
        return Quantity.read(value)
    raise NotImplementedError(wanted)


def shape(data: bytes | msgspec.Raw, wanted: type[B]) -> B:
    """The body as a Struct, or a 400 that points at the first thing that is wrong."""
    # the plain search first: it reads a whole batch in no time
    if b"\\u0000" in bytes(data) and _ESCAPED_NUL.search(data):
        raise malformed("", "nul_character")
    try:
        return _decoder(wanted).decode(data)
    except msgspec.ValidationError as error:
        raise malformed(*_place(str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise malformed("", "not_json") from None


# msgspec tells what is wrong in a sentence; these are its beginnings
_REASONS = (
    (re.compile(r"Expected `datetime` with"), "offset_missing"),
    (re.compile(r"Expected `(str|array)` of length"), "wrong_length"),
    (re.compile(r"Expected `[^`]+` (>=|<=|>|<)|Integer value out of range"), "out_of_range"),
    (re.compile(r"Expected `str` matching|Invalid RFC3339"), "wrong_format"),
    (re.compile(r"Invalid enum value"), "not_allowed"),
    (re.compile(r"Expected"), "wrong_type"),
)
_UNKNOWN = re.compile(r"Object contains unknown field `\w{1,64}`(?: - at `(?P<path>[^`]*)`)?")
_MISSING = re.compile(r"Object missing required field `(?P<name>\w+)`(?: - at `(?P<path>[^`]*)`)?")
_AT = re.compile(r"(?P<reason>.*) - at `(?P<path>\$[\w.\[\]]*)`", re.DOTALL)


def _place(sentence: str) -> tuple[str, str]:
    """(JSON pointer, code) of a validation error; names of unknown fields are not repeated."""
    if sentence.startswith("Object contains unknown field"):
        unknown = _UNKNOWN.fullmatch(sentence)
        return _pointer(unknown["path"] if unknown else None), "unknown_field"
    missing = _MISSING.fullmatch(sentence)
    if missing:
        return f"{_pointer(missing['path'])}/{missing['name']}", "required"
    placed = _AT.fullmatch(sentence)
    reason, path = (placed["reason"], placed["path"]) if placed else (sentence, None)
    for pattern, code in _REASONS:
        if pattern.match(reason):
            return _pointer(path), code
    # the reasons of our own types are codes already
    return _pointer(path), reason if re.fullmatch(r"[a-z_]{1,40}", reason) else "wrong_type"


def _pointer(path: str | None) -> str:
    return "" if not path else re.sub(r"[.\[]", "/", path.removeprefix("$").replace("]", ""))


def fingerprint(body: Body, *, of: str = "") -> bytes:
    """SHA-256 of what was meant: keys sorted, defaults and left-out fields alike, without `member` and `proof`.

    `of`: what of the meaning stands in the address. Fields equal to their default are left out of the hash, so that a
    field added later changes no old fingerprint.
    """
    who = {name: None for name in ("member", "proof") if name in body.__struct_fields__}
    meant = msgspec.structs.replace(body, **who)
    return hashlib.sha256(of.encode() + msgspec.json.encode(meant, enc_hook=str, order="sorted")).digest()


def parameters(request: HttpRequest, *allowed: str) -> dict[str, str]:
    """The query, each known name at most once; a leading `+` of a phone arrives as a blank and stays one."""
    raw = request.META.get("QUERY_STRING", "")
    try:
        pairs = parse_qsl(
            raw.encode("latin-1").decode(), keep_blank_values=True, max_num_fields=MOST_PARAMETERS, errors="strict"
        )
    except ValueError:
        raise malformed("", "not_readable") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in allowed:
            raise malformed("", "unknown_parameter")
        if name in found:
            raise malformed(f"/{name}", "repeated")
        if "\x00" in value or len(value) > 500:
            raise malformed(f"/{name}", "wrong_format")
        found[name] = value
    return found


def limit_of(query: dict[str, str], *, default: int = 20, most: int = 100) -> int:
    text = query.get("limit", str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= most):
        raise malformed("/limit", "out_of_range")
    return int(text)


def identity(text: str) -> UUID | None:
    """An id of ours, or None where the text cannot be one."""
    return UUID(text) if _UUID.fullmatch(text) else None


def must_identify(text: str) -> UUID:
    """An id from an address, or 404."""
    found = identity(text)
    if found is None:
        raise Problem(404, "not_found")
    return found


def idempotency_key(request: HttpRequest) -> str:
    key: str | None = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        raise Problem(400, "key_missing")
    if not 1 <= len(key) <= 64 or not key.isascii() or not key.isprintable():
        raise Problem(400, "key_malformed")
    return key
