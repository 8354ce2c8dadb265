"""Bills as they were, and what came back. Never changed: a mistake is a return, a correction a new bill.

Amounts are integers in minor units of the programme's currency. References to stores, tills, rules and tiers carry no
database constraint: the check would share-lock one row of a store in every sale. `audit_ledger` looks for strays.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import APPEND_ONLY, UUIDv7, no_truncate
from loyalty.models.policies import EarningRule
from loyalty.models.stores import Store, Terminal
from loyalty.models.tiers import Tier


class Purchase(models.Model):
    """One bill of a till: what was sold, how it was paid, and the points it moved with their reasons.

    `goods` = lines - discounts + rounding; `base` = goods - our vouchers - points, the part that earns and counts for
    tiers; total = voucher_discount + points_value + due. `extras` keeps discounts, charges, tax, payments and invoice
    as sent. `reasons` is the award explained, as codes and numbers. Of several `revision`s of one receipt the last one
    stands (loyalty.revisions).
    """

    class Status(models.TextChoices):
        POSTED = "posted", _("đã tích")
        REVIEW = "review", _("chờ kiểm tra")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    store = models.ForeignKey(
        Store,
        verbose_name=_("cửa hàng"),
        on_delete=models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="+",
    )
    terminal = models.ForeignKey(
        Terminal, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    period = models.TextField(default="")
    receipt = models.TextField(_("số hóa đơn"))
    revision = models.SmallIntegerField(default=1, db_default=1)
    business_date = models.DateField(_("ngày bán hàng"))
    member_id = models.UUIDField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    channel = models.TextField(default="till", db_default="till")
    status = models.TextField(choices=Status.choices, default=Status.POSTED, db_default="posted")
    staff = models.TextField(default="", db_default="")
    fingerprint = models.BinaryField(null=True)
    lines_amount = models.BigIntegerField()
    discounts = models.BigIntegerField(default=0, db_default=0)
    charges = models.BigIntegerField(default=0, db_default=0)
    tax = models.BigIntegerField(default=0, db_default=0)
    tax_included = models.BooleanField(default=True, db_default=True)
    rounding = models.BigIntegerField(default=0, db_default=0)
    total = models.BigIntegerField()
    voucher_discount = models.BigIntegerField(default=0, db_default=0)
    points_value = models.BigIntegerField(default=0, db_default=0)
    due = models.BigIntegerField()
    base = models.BigIntegerField()
    earned = models.BigIntegerField(default=0, db_default=0)
    pending = models.BigIntegerField(default=0, db_default=0)
    spent = models.BigIntegerField(default=0, db_default=0)
    available_after = models.BigIntegerField(null=True)
    debt_after = models.BigIntegerField(null=True)
    rule = models.ForeignKey(
        EarningRule, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    tier = models.ForeignKey(
        Tier, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    tier_after = models.ForeignKey(
        Tier, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    reasons = models.JSONField(default=dict)
    extras = models.JSONField(default=dict)
    import_id = models.UUIDField(null=True)
    by = models.TextField()
    request_id = models.TextField(default="", db_default="")

    class Meta:
        verbose_name = _("hóa đơn")
        verbose_name_plural = _("Hóa đơn")
        constraints = [
            models.UniqueConstraint(fields=["store", "period", "receipt", "revision"], name="a_receipt_is_posted_once"),
            models.CheckConstraint(
                condition=Q(total=models.F("voucher_discount") + models.F("points_value") + models.F("due")),
                name="total_is_discount_points_and_due",
            ),
            models.CheckConstraint(
                condition=Q(total__range=(0, 100_000_000_000), due__gte=0, base__gte=0, earned__gte=0, spent__gte=0),
                name="a_bill_is_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(member_id__isnull=False) | Q(earned=0, spent=0), name="a_guest_moves_no_points"
            ),
            models.CheckConstraint(
                condition=Q(pending__gte=0, pending__lte=models.F("earned")), name="only_points_earned_wait"
            ),
        ]
        indexes = [
            # a member's bills, and the spend in the tier window without touching the table
            models.Index(
                fields=["member_id", "occurred_at"],
                include=["base"],
                condition=Q(member_id__isnull=False),
                name="purchase_of_a_member",
            ),
            # bills that wait for staff, and what they take from the spend in the tier window
            models.Index(fields=["member_id"], condition=Q(status="review"), name="purchase_in_review"),
            # the dashboard's list, a day after the other, of all stores or of some; a store's own bills today; rollups
            models.Index(fields=["business_date", "store"], name="purchase_by_day"),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return self.receipt


class PurchaseLine(models.Model):
    """One line of a bill, with its share of everything that was said about the whole bill.

    `goods`: its part of the bill's goods; `gross`: its part of the total without shipping and other charges. They
    are what a partial return gives back in proportion.
    """

    pk = models.CompositePrimaryKey("purchase_id", "line")
    purchase_id = models.UUIDField()
    line = models.SmallIntegerField()
    member_id = models.UUIDField(null=True)
    sku = models.TextField()
    name = models.TextField(default="", db_default="")
    category = models.TextField(default="", db_default="")
    quantity = models.DecimalField(max_digits=15, decimal_places=4)
    unit = models.TextField(default="", db_default="")
    amount = models.BigIntegerField()
    discount = models.BigIntegerField(default=0, db_default=0)
    tax = models.BigIntegerField(null=True)
    cost = models.BigIntegerField(null=True)
    earns = models.BooleanField(default=True, db_default=True)
    goods = models.BigIntegerField()
    gross = models.BigIntegerField()
    voucher_discount = models.BigIntegerField(default=0, db_default=0)
    points_discount = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0, amount__gte=0), name="a_line_sells_something")
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.purchase_id}/{self.line} {self.sku}"


class OrderEvent(models.Model):
    """What was said of an order after its bill, for ever; in any order, as often as it was said."""

    class Type(models.TextChoices):
        CONFIRMED = "confirmed", _("được xác nhận")
        PAID = "paid", _("đã trả tiền")
        SHIPPED = "shipped", _("đã gửi đi")
        DELIVERED = "delivered", _("đã giao")
        FAILED = "failed", _("không giao được")
        CANCELLED = "cancelled", _("bị hủy")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="order_events")
    type = models.TextField(choices=Type.choices)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    tracking_url = models.TextField(default="", db_default="")
    promised_by = models.DateTimeField(null=True)
    by = models.TextField()
    request_id = models.TextField(default="", db_default="")

    class Meta:
        verbose_name = _("tin về đơn hàng")
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=("confirmed", "paid", "shipped", "delivered", "failed", "cancelled")),
                name="an_order_event_is_known",
            )
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.purchase_id}: {self.type}"


class Return(models.Model):
    """Part or all of a bill came back (kind return), it never happened (cancellation), or another stands in its place
    (correction: then dated as the bill it takes back, which was no sale of that day)."""

    class Kind(models.TextChoices):
        RETURN = "return", _("trả hàng")
        CANCELLATION = "cancellation", _("hủy hóa đơn")
        CORRECTION = "correction", _("sửa hóa đơn")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="returns")
    kind = models.TextField(choices=Kind.choices, default=Kind.RETURN)
    store = models.ForeignKey(
        Store,
        verbose_name=_("cửa hàng"),
        on_delete=models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="+",
    )
    terminal = models.ForeignKey(
        Terminal, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    period = models.TextField(default="")
    receipt = models.TextField(_("số phiếu trả"))
    business_date = models.DateField(_("ngày bán hàng"))
    member_id = models.UUIDField(null=True)
    counts_at = models.DateTimeField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    fingerprint = models.BinaryField(null=True)
    whole = models.BooleanField()
    amount = models.BigIntegerField()
    discount = models.BigIntegerField(default=0, db_default=0)
    points_value = models.BigIntegerField(default=0, db_default=0)
    due = models.BigIntegerField()
    base = models.BigIntegerField()
    clawed_back = models.BigIntegerField(default=0, db_default=0)
    given_back = models.BigIntegerField(default=0, db_default=0)
    absorbed = models.BigIntegerField(default=0, db_default=0)
    available_after = models.BigIntegerField(null=True)
    debt_after = models.BigIntegerField(null=True)
    # in which the member stood before it; a beginning that names this return says where it led
    tier = models.ForeignKey(
        Tier, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    import_id = models.UUIDField(null=True)
    by = models.TextField()
    request_id = models.TextField(default="", db_default="")

    class Meta:
        verbose_name = _("phiếu trả hàng")
        verbose_name_plural = _("Trả hàng")
        constraints = [
            models.UniqueConstraint(
                fields=["store", "period", "receipt"],
                condition=Q(kind="return"),
                name="a_return_receipt_is_posted_once",
            ),
            models.UniqueConstraint(
                fields=["purchase"], condition=Q(kind="cancellation"), name="a_bill_is_cancelled_once"
            ),
            models.CheckConstraint(
                condition=Q(amount=models.F("discount") + models.F("points_value") + models.F("due")),
                name="refund_is_discount_points_and_due",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, due__gte=0, discount__gte=0, points_value__gte=0, base__gte=0),
                name="a_refund_is_not_negative",
            ),
        ]
        indexes = [
            # what returns take from the spend in the tier window
            models.Index(
                fields=["member_id", "counts_at"],
                include=["base"],
                condition=Q(member_id__isnull=False),
                name="return_of_a_member",
            ),
            # a business day of a store
            models.Index(fields=["store", "business_date"], name="return_of_a_day"),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return self.receipt


class ReturnLine(models.Model):
    """How much of one line of the bill came back with one return."""

    pk = models.CompositePrimaryKey("return_id", "line")
    return_id = models.UUIDField()
    line = models.SmallIntegerField()
    member_id = models.UUIDField(null=True)
    purchase_id = models.UUIDField()
    quantity = models.DecimalField(max_digits=15, decimal_places=4)
    amount = models.BigIntegerField()

    class Meta:
        indexes = [
            # what of a bill has come back so far
            models.Index(fields=["purchase_id"], name="return_lines_of_a_bill")
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.return_id}/{self.line}"


class ReviewDecision(models.Model):
    """What staff decided about a bill whose clock was in doubt: its points are posted, or refused."""

    purchase = models.OneToOneField(Purchase, primary_key=True, on_delete=models.PROTECT, related_name="decision")
    approved = models.BooleanField()
    earned = models.BigIntegerField(default=0)
    reason = models.TextField(default="", blank=True)
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.purchase_id}: {'approved' if self.approved else 'refused'}"
