"""Everything that people type, filled with what TRUST calls bad input: each column says its own number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models

# Column by column: what a member, a cashier or staff may have typed, and what came in with bills and messages. A word
# with a question mark is there only where something was said already.
TYPED: dict[str, str] = {
    "members.Member": "name call_name province ward",
    "members.Person": "first_name",
    "members.CardBatch": "name",
    "members.Card": "reason",
    "members.CloseReason": "name_vi name_en",
    "members.NamedDay": "name_vi name_en",
    "members.Case": "subject words",
    "members.CaseLine": "text",
    "members.ConsentText": "body_vi body_en",
    "members.ConsentEvidence": "text",
    "members.Feedback": "comment",
    "members.Note": "text",
    "members.DataRequest": "words answer",
    "members.Closing": "words",
    "members.Survey": "title_vi title_en intro_vi intro_en",
    "members.SurveyVersion": "title_vi title_en intro_vi intro_en",
    "members.Tag": "key",
    "members.TermsText": "body_vi body_en changes_vi changes_en",
    "members.User": "username first_name last_name",
    "members.Voice": "text signed decision",
    "loyalty.Store": "name address",
    "loyalty.ApiKey": "description",
    "loyalty.StaffPhone": "staff_code",
    "loyalty.Device": "name",
    "loyalty.DeviceInvitation": "name",
    "loyalty.Programme": "name point_name_vi point_name_en currency_sign notice_number",
    "loyalty.EarningRule": "note",
    "loyalty.SpendingPolicy": "note",
    "loyalty.ExpiryPolicy": "note",
    "loyalty.TierTable": "note",
    "loyalty.Tier": "name_vi name_en",
    "loyalty.TierOverride": "reason",
    "loyalty.Purchase": "receipt channel staff",
    "loyalty.PurchaseLine": "sku name category unit",
    "loyalty.Return": "receipt",
    "loyalty.ReviewDecision": "reason",
    "loyalty.AdjustmentRequest": "reason answer?",
    "loyalty.RuleVersion": "name_vi name_en stack_group note",
    "loyalty.BonusEvent": "name_vi name_en note",
    "loyalty.RuleStep": "reason",
    "loyalty.BillMove": "reason",
    "loyalty.Entry": "reason",
    "loyalty.NightlyStep": "step error",
    "rewards.StampCard": "name_vi name_en",
    "rewards.VoucherDefinition": "name_vi name_en terms_vi terms_en",
    "rewards.Voucher": "note void_reason?",
    "campaigns.Campaign": "name_vi name_en",
    "campaigns.CampaignStep": "subject_vi subject_en body_vi body_en short_vi short_en",
    "campaigns.FakeMessage": "subject body",
    "campaigns.InboxMessage": "subject body",
    "events.Delivery": "last_error",
    "events.Job": "last_error",
    "events.WebhookEndpoint": "description",
    "events.WebhookMessage": "last_error",
}
# a language of its own, in which doubled braces say a field: staff's texts are checked when they are written
TEMPLATES = {"campaigns.CampaignStep"}
# words within documents, by their key, wherever they lie
IN_DOCUMENTS: dict[str, str] = {
    "members.Survey": "questions",
    "members.SurveyVersion": "questions",
    "members.SurveyReply": "words",
    "members.TimelineItem": "data",
    "mfa.Authenticator": "data",
}
KEYS = {"text", "text_vi", "text_en", "name", "words", "comment", "reason", "subject", "title", "receipt", "note"}

BRACES = "x{{7*7}}x{%7%}"
EVALUATED = "x49x"
LONGEST = 150
MARK = re.compile(r"zq(\d+)q")
# what follows a number in the page's own text: the mark-up must have been made harmless
RAW = re.compile(r"zq\d+q(?:\\?[\"'])*<(?:b|img|svg)\b")
LONG_WORD = "Nghiêngngảkhôngmộtdấucáchnàocả" * 6


@dataclass(frozen=True)
class Column:
    number: int
    table: str
    name: str
    longest: int | None

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"

    @property
    def value(self) -> str:
        return wicked(self.number, longest=self.longest, braces=self.table not in TEMPLATES)


def wicked(number: int, *, longest: int | None = None, braces: bool = True) -> str:
    """As much of the list as fits: mark-up that breaks out, a template, a formula, RTL, a word without end."""
    mark, room = f"zq{number}q", min(longest or LONGEST, LONGEST)
    if room < 24:
        return f"{mark}<b>"[:room]
    if room < 45:
        return f"{mark}<svg onload=ran=1>{BRACES if braces and room >= 38 else ''}"[:room]
    text = f"{mark}\"'><img src=x onerror=ran=1>{BRACES if braces else ''}"
    if room >= 110:
        text += '<script>ran=1</script>=HYPERLINK("x") שלום ỗ̃ '
    return (text + LONG_WORD)[:room]


def columns() -> list[Column]:
    found = []
    for table, names in TYPED.items():
        model = apps.get_model(table)
        for name in names.split():
            field = model._meta.get_field(name.rstrip("?"))
            found.append(Column(len(found) + 1, table, name, getattr(field, "max_length", None)))
    return found


def fill() -> list[Column]:
    """Writes each column of every row, past the triggers that would not let rows be changed. Answers the columns."""
    known = columns()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for column in known:
            _fill(cursor, column)
        for number, (table, name) in enumerate(IN_DOCUMENTS.items(), len(known) + 1):
            model = apps.get_model(table)
            known.append(Column(number, table, name, None))
            for row in model.objects.all():
                model.objects.filter(pk=row.pk).update(**{name: _within(getattr(row, name), number)})
        cursor.execute("SET session_replication_role = DEFAULT")
    return known


def _fill(cursor, column: Column) -> None:
    model = apps.get_model(column.table)
    field = model._meta.get_field(column.name.rstrip("?"))
    table, name = f'"{model._meta.db_table}"', f'"{field.column}"'
    text, values = "%s", [column.value]
    if _is_unique(model, field):
        key = f'"{model._meta.pk.column}"::text'
        room = (column.longest or LONGEST) - 6
        text, values = f"left(%s, {room}) || right({key}, 6)", [column.value]
    said = f"{name} <> ''" if column.name.endswith("?") else f"{name} IS NOT NULL"
    cursor.execute(f"UPDATE {table} SET {name} = {text} WHERE {said}", values)


def _is_unique(model: type[models.Model], field: models.Field) -> bool:
    together = [c.fields for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
    return field.unique or any(field.name in fields for fields in together)


def _within(document: object, number: int, key: str = "") -> object:
    if isinstance(document, dict):
        return {one: _within(value, number, one) for one, value in document.items()}
    if isinstance(document, list):
        return [_within(value, number, key) for value in document]
    return wicked(number) if isinstance(document, str) and key in KEYS else document


def marks(text: str) -> Iterator[int]:
    """The numbers of the columns whose words are on a page."""
    yield from map(int, MARK.findall(text))
