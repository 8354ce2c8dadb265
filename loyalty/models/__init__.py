"""Stores and their tills, purchases, points, the dated rules they follow, and tiers."""

from loyalty.models.approvals import AdjustmentRequest
from loyalty.models.bonus_events import BonusEvent, BonusEventEnd, EventAward
from loyalty.models.corrections import Correction
from loyalty.models.devices import Device, DeviceInvitation, Sitting
from loyalty.models.look import Logo
from loyalty.models.moves import BillMove
from loyalty.models.nights import NightlyStep
from loyalty.models.points import Account, Entry, Hold, Lot, LotUse
from loyalty.models.policies import EarningRule, ExpiryPolicy, PendingPolicy, Programme, SpendingPolicy
from loyalty.models.purchases import (
    OrderEvent,
    Purchase,
    PurchaseLine,
    Return,
    ReturnLine,
    ReviewDecision,
)
from loyalty.models.reading import EntryRow
from loyalty.models.rules import Rule, RuleAward, RuleBudget, RuleStep, RuleVersion
from loyalty.models.stores import ApiKey, StaffPhone, Store, Terminal
from loyalty.models.tiers import (
    Tier,
    TierBeginning,
    TierOverride,
    TierTable,
    TierThreshold,
    TierTurn,
)

__all__ = [
    "Account",
    "AdjustmentRequest",
    "ApiKey",
    "BillMove",
    "BonusEvent",
    "BonusEventEnd",
    "Correction",
    "Device",
    "DeviceInvitation",
    "EarningRule",
    "Entry",
    "EntryRow",
    "EventAward",
    "ExpiryPolicy",
    "Hold",
    "Logo",
    "Lot",
    "LotUse",
    "NightlyStep",
    "OrderEvent",
    "PendingPolicy",
    "Programme",
    "Purchase",
    "PurchaseLine",
    "Return",
    "ReturnLine",
    "ReviewDecision",
    "Rule",
    "RuleAward",
    "RuleBudget",
    "RuleStep",
    "RuleVersion",
    "Sitting",
    "SpendingPolicy",
    "StaffPhone",
    "Store",
    "Terminal",
    "Tier",
    "TierBeginning",
    "TierOverride",
    "TierTable",
    "TierThreshold",
    "TierTurn",
]
