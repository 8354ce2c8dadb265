"""One file per noun of the shop."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin

from dashboard.admin import (
    adjustments,
    analytics,
    campaigns,
    cards,
    cases,
    consents,
    data_requests,
    deliveries,
    devices,
    feedback,
    invitations,
    jobs,
    keys,
    ledger,
    members,
    messaging,
    named_days,
    nights,
    policies,
    purchases,
    returns,
    rules,
    staff,
    stamp_cards,
    store_contacts,
    stores,
    surveys,
    terms,
    voices,
    voucher_kinds,
    vouchers,
    webhooks,
)

__all__ = [
    "adjustments",
    "analytics",
    "cards",
    "data_requests",
    "terms",
    "campaigns",
    "cases",
    "consents",
    "deliveries",
    "devices",
    "feedback",
    "invitations",
    "jobs",
    "keys",
    "ledger",
    "members",
    "messaging",
    "named_days",
    "nights",
    "policies",
    "purchases",
    "returns",
    "rules",
    "staff",
    "stamp_cards",
    "store_contacts",
    "stores",
    "surveys",
    "voices",
    "voucher_kinds",
    "vouchers",
    "webhooks",
]

# allauth brings pages for its own tables; `staff` shows what an admin needs of them
for model in (EmailAddress, Authenticator):
    admin.site.unregister(model)
