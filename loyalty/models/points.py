"""Points: an account per member, an append-only ledger of entries, the lots they opened, uses of lots, and holds.

Written by the SQL functions in `loyalty/ledger/sql` only. The account's row is the lock of everything a member owns.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import APPEND_ONLY, UUIDv7, no_truncate
from loyalty.models.stores import Store
from loyalty.models.tiers import Tier

KINDS = (
    "earn",
    "mature",
    "cancel_pending",
    "spend",
    "spend_return",
    "hold",
    "release",
    "capture",
    "expire",
    "reinstate",
    "clawback",
    "absorb",
    "adjust",
    "opening",
    "bonus",
)


# whoever wrote an entry that came with a file: `import:<id>`
IMPORTED = "import:"


class Account(models.Model):
    """A member's points now, in four buckets of whole points; narrow, so that each change stays on its page (HOT)."""

    member_id = models.UUIDField(primary_key=True)
    available = models.BigIntegerField(default=0, db_default=0)
    pending = models.BigIntegerField(default=0, db_default=0)
    held = models.BigIntegerField(default=0, db_default=0)
    debt = models.BigIntegerField(default=0, db_default=0)
    entries = models.IntegerField(default=0, db_default=0)
    lots = models.IntegerField(default=0, db_default=0)
    tier = models.ForeignKey(
        Tier, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    next_due_at = models.DateTimeField(null=True)
    last_purchase_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(available__gte=0, pending__gte=0, held__gte=0, debt__gte=0), name="balance_never_negative"
            ),
            models.CheckConstraint(
                condition=Q(available=0) | Q(debt=0), name="available_and_debt_are_not_both_above_zero"
            ),
        ]
        indexes = [
            # the nightly expiry: whose points are due
            models.Index(fields=["next_due_at"], condition=Q(next_due_at__isnull=False), name="account_due"),
            # the dashboard's list of the members of a tier, newest first; a purchase that moves no tier leaves it alone
            models.Index(fields=["tier", "member_id"], name="account_of_a_tier"),
        ]

    def __str__(self) -> str:
        return str(self.member_id)


class Entry(models.Model):
    """One change of an account, for ever: signed changes per bucket, both clocks, who, and the balance after.

    For every entry: change of available and pending = points of the lots it opened - points of the lots it used
    (signed). What it is worth to the member is the sum of its changes, debt below zero; to wait, ripen, be held or let
    go is worth nothing.
    """

    pk = models.CompositePrimaryKey("member_id", "seq")
    member_id = models.UUIDField()
    seq = models.IntegerField()
    kind = models.TextField(choices=[(k, k) for k in KINDS])
    available = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    debt = models.BigIntegerField(default=0)
    available_after = models.BigIntegerField()
    pending_after = models.BigIntegerField()
    held_after = models.BigIntegerField()
    debt_after = models.BigIntegerField()
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.TextField()
    store = models.ForeignKey(
        Store, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    purchase_id = models.UUIDField(null=True)
    return_id = models.UUIDField(null=True)
    move_id = models.UUIDField(null=True)
    reverses_seq = models.IntegerField(null=True)
    reason = models.TextField(default="", db_default="")
    request_id = models.TextField(default="", db_default="")

    class Meta:
        verbose_name = _("dòng sổ điểm")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="entry_kind_is_known"),
            models.CheckConstraint(
                condition=Q(available_after__gte=0, pending_after__gte=0, held_after__gte=0, debt_after__gte=0),
                name="balance_after_never_negative",
            ),
        ]
        indexes = [
            # the ledger's page, newest first: what tills and people wrote, not what an import brought at one moment
            models.Index(
                fields=["recorded_at", "member_id", "seq"], condition=~Q(by__startswith=IMPORTED), name="entry_in_time"
            ),
            # the same of one kind; most entries are earned with bills, are found without it, and need not pay for it
            models.Index(
                fields=["kind", "recorded_at", "member_id", "seq"],
                condition=~Q(by__startswith=IMPORTED) & ~Q(kind="earn"),
                name="entry_of_a_kind_in_time",
            ),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.kind} {self.member_id}/{self.seq}"


class Lot(models.Model):
    """Points that came together and end together. `renews` names the lot whose points came back with a new date.

    While `pending` they cannot be spent: they ripen at `matures_at`, or when somebody says that the order arrived, and
    are given up at `lapses_at` where nobody does. Those that `slides` end later whenever the member comes again.
    """

    pk = models.CompositePrimaryKey("member_id", "seq")
    member_id = models.UUIDField()
    seq = models.IntegerField()
    entry_seq = models.IntegerField()
    points = models.BigIntegerField()
    remaining = models.BigIntegerField()
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    renews = models.IntegerField(null=True)
    matures_at = models.DateTimeField(null=True)
    lapses_at = models.DateTimeField(null=True)
    pending = models.BooleanField(default=False, db_default=False)
    slides = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(remaining__gte=0, remaining__lte=models.F("points")),
                name="a_lot_never_holds_more_than_it_was",
            ),
            models.CheckConstraint(
                condition=Q(pending=False) | Q(matures_at__isnull=False) | Q(lapses_at__isnull=False),
                name="pending_points_do_not_wait_for_ever",
            ),
            models.CheckConstraint(
                condition=Q(slides=False) | Q(expires_at__isnull=False), name="only_an_end_can_slide"
            ),
        ]
        indexes = [
            # few lots wait at any time: an import asks whether one of its members has any
            models.Index(fields=["member_id"], condition=Q(pending=True), name="lot_pending")
        ]

    def __str__(self) -> str:
        return f"{self.member_id}/{self.seq}: {self.remaining}"


class LotUse(models.Model):
    """An entry took points from a lot (above zero) or gave them back to it (below zero)."""

    pk = models.CompositePrimaryKey("member_id", "entry_seq", "lot_seq")
    member_id = models.UUIDField()
    entry_seq = models.IntegerField()
    lot_seq = models.IntegerField()
    points = models.BigIntegerField()

    class Meta:
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.member_id}/{self.entry_seq} uses {self.points} of {self.lot_seq}"


class Hold(models.Model):
    """Points put aside for an open bill: until the bill takes `captured` of them, they are let go, or `expires_at`.

    Open while `ended_at` is empty; it ends whole, at once: what was not captured went back to its lots.
    """

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    member_id = models.UUIDField()
    entry_seq = models.IntegerField()
    points = models.BigIntegerField()
    captured = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    store = models.ForeignKey(
        Store, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    at = models.DateTimeField()
    by = models.TextField()
    request_id = models.TextField(default="", db_default="")

    class Meta:
        verbose_name = _("điểm đang giữ")
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gte=1, captured__gte=0, captured__lte=models.F("points")),
                name="a_hold_gives_no_more_than_it_holds",
            ),
            models.CheckConstraint(
                condition=Q(captured=0) | Q(ended_at__isnull=False), name="a_hold_that_was_captured_is_over"
            ),
        ]
        indexes = [
            models.Index(fields=["member_id"], condition=Q(ended_at__isnull=True), name="hold_open"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.points}"
