"""A bill that went from one member to another, or from no member to one. The bill itself is never touched."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import APPEND_ONLY, UUIDv7, no_truncate
from loyalty.models.purchases import Purchase
from loyalty.models.stores import Store, Terminal
from loyalty.models.tiers import Tier


class BillMove(models.Model):
    """A bill came to a member: keyed for the wrong one (move), or a guest's bill joined later (claim).

    The last `step` of a bill says whose it is; a bill without any is whose it was sold to. `earned_back` left the old
    owner, `earned` came to the new one under the rules in force at the sale. `base` is what of the bill's base was kept
    then: it left the old owner's spend at `counts_at` and joined the new one's. `returned` names the returns that had
    come before and went along; later ones are the new owner's.
    """

    class Kind(models.TextChoices):
        MOVE = "move", _("chuyển hóa đơn")
        CLAIM = "claim", _("tích điểm bù")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, db_index=False, related_name="moves")
    step = models.SmallIntegerField()
    kind = models.TextField(choices=Kind.choices)
    from_member_id = models.UUIDField(null=True)
    to_member_id = models.UUIDField()
    store = models.ForeignKey(Store, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    terminal = models.ForeignKey(
        Terminal, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    business_date = models.DateField()
    counts_at = models.DateTimeField()
    at = models.DateTimeField()
    base = models.BigIntegerField()
    earned_back = models.BigIntegerField(default=0)
    absorbed = models.BigIntegerField(default=0)
    earned = models.BigIntegerField(default=0)
    returned = ArrayField(models.UUIDField(), default=list)
    available_after = models.BigIntegerField()
    debt_after = models.BigIntegerField()
    tier = models.ForeignKey(
        Tier, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    reasons = models.JSONField(default=dict)
    reason = models.TextField(default="")
    by = models.TextField()
    request_id = models.TextField(default="", db_default="")

    class Meta:
        verbose_name = _("lần chuyển hóa đơn")
        verbose_name_plural = _("Chuyển hóa đơn")
        constraints = [
            # also serves the look for a bill's owner
            models.UniqueConstraint(fields=["purchase", "step"], name="a_bill_moves_one_step_at_a_time"),
            models.CheckConstraint(
                condition=Q(kind="claim", from_member_id__isnull=True, step=1)
                | Q(kind="move", from_member_id__isnull=False),
                name="a_guests_bill_is_claimed_a_members_is_moved",
            ),
            models.CheckConstraint(
                condition=Q(from_member_id__isnull=True) | ~Q(from_member_id=models.F("to_member_id")),
                name="a_bill_moves_to_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(base__gte=0, earned_back__gte=0, absorbed__gte=0, earned__gte=0, step__gte=1),
                name="a_move_takes_and_gives_whole_points",
            ),
        ]
        indexes = [
            # the bills that came to a member, their spend in the tier window, and how many were claimed this month
            models.Index(fields=["to_member_id", "counts_at"], include=["base"], name="bill_came_to_a_member"),
            # what left a member's spend in the tier window
            models.Index(
                fields=["from_member_id", "counts_at"],
                include=["base"],
                condition=Q(from_member_id__isnull=False),
                name="bill_left_a_member",
            ),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.purchase_id}/{self.step}"
