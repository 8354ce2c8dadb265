"""One file per noun of the shop."""

from dashboard.admin import (
    consents,
    deliveries,
    keys,
    ledger,
    members,
    policies,
    purchases,
    returns,
    staff,
    stores,
    webhooks,
)

__all__ = [
    "consents",
    "deliveries",
    "keys",
    "ledger",
    "members",
    "policies",
    "purchases",
    "returns",
    "staff",
    "stores",
    "webhooks",
]
