"""What messages say: Liquid with a fixed list of fields, checked when it is saved, filled in when it is sent.

A text is words and `{{ field }}`, perhaps with a filter that changes letters. Tags (loops, conditions, includes) and
anything inside a field are refused: a text of staff can neither run for long nor look where it should not.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

import liquid
from liquid.builtin import output
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.exceptions import LiquidError

from campaigns.models import CampaignStep
from events.refusals import Refusal

FIELDS = (
    "honorific",
    "call_name",
    "name",
    "points",
    "unit",
    "shop_name",
    "voucher_name",
    "voucher_value",
    "voucher_code",
    "voucher_expires",
)
VOUCHER_FIELDS = {"voucher_name", "voucher_value", "voucher_code", "voucher_expires"}
FILTERS = {"capitalize", "upcase", "downcase"}
TEXTS = ("subject", "body", "short")
LANGUAGES = ("vi", "en")
# Where a voucher's code belongs in a text that is stored: only whoever shows it computes the code.
CODE_PLACE = "[[voucher_code]]"

# An empty form of address leaves two blanks behind.
_BLANKS = re.compile(r"[ \t]{2,}")

_ENVIRONMENT = liquid.Environment(
    tolerance=liquid.Mode.STRICT, undefined=liquid.StrictUndefined, strict_filters=True, autoescape=False
)
_ENVIRONMENT.tags = {name: _ENVIRONMENT.tags[name] for name in ("content", "output", "illegal")}
_ENVIRONMENT.filters = {name: _ENVIRONMENT.filters[name] for name in FILTERS}


class TextUnreadable(Refusal):
    """No Liquid, or more Liquid than messages need: a tag, a filter we do not know, something inside a field."""

    code = "text_unreadable"


class FieldUnknown(Refusal):
    """A field that is not on the list; or one about the voucher, where the step gives none."""

    code = "field_unknown"


@dataclass(frozen=True, kw_only=True)
class Text:
    """A message in one language, filled in."""

    subject: str
    body: str
    short: str


def check(text: str, *, voucher: bool) -> None:
    """Raises TextUnreadable or FieldUnknown for a text that could not be sent. `voucher`: the step gives one."""
    for field in _fields(text):
        if field not in FIELDS or (field in VOUCHER_FIELDS and not voucher):
            raise FieldUnknown(field=field)


def fill(text: str, fields: Mapping[str, str]) -> str:
    """The text with its fields filled in. Raises TextUnreadable, FieldUnknown; what a field holds is never read."""
    missing = [field for field in _fields(text) if field not in fields]
    if missing:
        raise FieldUnknown(field=missing[0])
    return _BLANKS.sub(" ", _read(text).render(**fields)).strip()


def of_step(step: CampaignStep, *, language: str, fields: Mapping[str, str]) -> Text:
    """The step's message in a language, filled in. A subject and a short text are one line."""
    subject, body, short = (fill(getattr(step, f"{kind}_{language}"), fields) for kind in TEXTS)
    return Text(subject=_one_line(subject), body=body, short=_one_line(short))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@functools.lru_cache(maxsize=256)
def _read(text: str) -> liquid.BoundTemplate:
    if "{%" in text:
        raise TextUnreadable
    try:
        return _ENVIRONMENT.from_string(text)
    except (LiquidError, RecursionError):
        raise TextUnreadable from None


def _fields(text: str) -> list[str]:
    found = []
    for node in _read(text).nodes:
        if type(node) is ContentNode:
            continue
        expression = node.expression if type(node) is output.OutputNode else None
        if type(expression) is not FilteredExpression or type(expression.left) is not Path:
            raise TextUnreadable
        path = expression.left.path
        if len(path) != 1 or not isinstance(path[0], str) or any(used.args for used in expression.filters or []):
            raise TextUnreadable
        if any(used.name not in FILTERS for used in expression.filters or []):
            raise TextUnreadable
        found.append(path[0])
    return found
