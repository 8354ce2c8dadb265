"""One bill of a coffee shop, as a till posts it, and the statements our own code sends for it."""

import re
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from api import bills, reading, who
from api.shapes.bills import Purchase as Posted
from benchmarks.shop import Shop
from events import clock
from loyalty import earning, policies
from loyalty.models import Terminal
from loyalty.sales import Recorded
from loyalty.till import Till

TOTAL = 94_000


def body(*, at: datetime) -> str:
    """The JSON of a bill of two lines with `{receipt}` and `{phone}` left open."""
    sent = {
        "receipt": "{receipt}",
        "member": {"phone": "+84{phone}"},
        "occurred_at": at.isoformat(timespec="seconds"),
        "staff": "minh",
        "lines": [
            {
                "sku": "CF02",
                "name": "Cà phê sữa đá",
                "category": "coffee",
                "quantity": 2,
                "amount": 58_000,
                "cost": 20_000,
            },
            {
                "sku": "BK07",
                "name": "Bánh mì que",
                "category": "bakery",
                "quantity": 1,
                "amount": 36_000,
                "cost": 15_000,
            },
        ],
        "total": TOTAL,
        "payments": [{"method": "cash", "amount": TOTAL}],
    }
    return orjson.dumps(sent).decode()


def statements(shop: Shop, *, receipts: str) -> str:
    """A pgbench script: BEGIN, the ledger's opening call, its posting call, COMMIT, as record_purchase sends them.

    Recorded from a real sale, then made to run for any member: values that a sale reads in its opening call and writes
    in its posting call become variables of the script. What Python decides in between (points now, tier reached) is
    decided by the script in the same way.
    """
    at = clock.now()
    terminal = Terminal.objects.select_related("store").order_by("id")[0]
    till = Till.of(terminal.store, terminal, by="key:1")
    for number in range(2):
        _sell(f"{receipts}-warm{number}", till=till, at=at)
    sent: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        with connection.connection.cursor() as cursor:
            sent.append(cursor.mogrify(sql, params).decode())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        recorded = _sell("{receipt}" + receipts, till=till, at=at)
    if len(sent) != 2:
        raise RuntimeError(f"a sale should be two calls between BEGIN and COMMIT, not: {sent}")
    opening, posting = (statement.replace("{receipt}" + receipts, ":receipts-:client_id-:number") for statement in sent)
    return SCRIPT.format(
        phones=900_000_000,
        last=900_000_000 + shop.members - 1,
        opening=opening.replace("'+84900000000'", "'+84:phone'"),
        earned=recorded.purchase.earned,
        base=TOTAL,
        tier=_tier_reached(at),
        posting=_opened_up(posting, recorded),
        posting_with_tier=_opened_up(posting, recorded).replace("'{", '\'{"tier": :tier,', 1),
    )


SCRIPT = """\
\\set number :number + 1
\\set phone random({phones}, {last})
BEGIN;
{opening} \\gset open_
\\set available :open_available + {earned}
\\set spend :open_window_spend + {base}
\\set tier {tier}
\\if :tier = :open_tier_id
{posting};
\\else
{posting_with_tier};
\\endif
COMMIT;
"""

LOOK_UP = """\
\\set phone random({phones}, {last})
SELECT member_id FROM members_identifier
 WHERE kind = 'phone' AND value = '+84:phone' AND practice = false AND until_at IS NULL;
"""


def look_up(shop: Shop) -> str:
    return LOOK_UP.format(phones=900_000_000, last=900_000_000 + shop.members - 1)


def _sell(receipt: str, *, till: Till, at: datetime) -> Recorded:
    """As the door does it, without the wire."""
    sent = reading.shape(body(at=at).replace("{phone}", "900000000").replace("{receipt}", receipt, 1).encode(), Posted)
    return earning.record_purchase(
        bill=bills.bill(sent, receipt=sent.receipt),
        who=who.of(sent.member, at=at),
        till=till,
        fingerprint=reading.fingerprint(sent),
        at=at,
        request_id="0" * 32,
    )


def _opened_up(posting: str, recorded: Recorded) -> str:
    """The posting call with what the opening call answered as variables."""
    purchase = recorded.purchase
    posting = posting.replace(str(purchase.id), ":open_new_id").replace(str(purchase.member_id), ":open_member_id")
    for name, variable in (
        ("available_after", "available"),
        ("tier_id", "open_tier_id"),
        ("tier_after_id", "tier"),
    ):
        posting, found = re.subn(rf'"{name}":\s*\d+', f'"{name}": :{variable}', posting)
        if found != 1:
            raise RuntimeError(f"the posting call should say {name} once: {posting}")
    return posting


def _tier_reached(at: datetime) -> str:
    """The ladder as an expression of pgbench; ids of the founding tiers grow with their ranks."""
    reached = "".join(
        f"when :spend >= {spend} then {tier.id} " for spend, tier in reversed(policies.last_known(at).ladder.steps)
    )
    return f"greatest(:open_tier_id, case {reached}else 0 end)"
