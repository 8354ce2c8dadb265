"""What the books of a written demo say."""

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from loyalty.models import Account, Purchase, PurchaseLine, Return
from members.models import Identifier


def broken() -> list[str]:
    """The sentences of the audit that do not hold, each with how many rows break it."""
    broken = []
    for name in settings.AUDIT_QUERIES:
        for invariant in import_string(name)():
            with connection.cursor() as cursor:
                cursor.execute(invariant.sql)
                if rows := cursor.fetchall():
                    broken.append(f"{invariant.code} {invariant.sentence}: {len(rows)}")
    return broken


def everything() -> dict[str, object]:
    """What was written, without the ids that differ from run to run."""
    phones = dict(Identifier.objects.filter(kind="phone").values_list("member_id", "value"))
    accounts = Account.objects.all()
    return {
        "bills": sorted(
            Purchase.objects.values_list("store__code", "receipt", "occurred_at", "total", "earned", "spent")
        ),
        "lines": PurchaseLine.objects.count(),
        "returns": sorted(Return.objects.values_list("receipt", "kind", "amount", "clawed_back", "given_back")),
        "people": sorted(Identifier.objects.values_list("kind", "value", "member__name", "member__joined_at")),
        "balances": sorted((phones[account.pk], account.available, account.entries) for account in accounts),
    }
