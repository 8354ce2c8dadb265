from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import UUIDv7
from members.models.member import Member


class SpendingLock(models.Model):
    """Nothing leaves a member's account from one moment until another, or until somebody lifts it.

    A row is written by `members.locking` and changed once, when it is lifted; who and when stand in it.
    """

    class Reason(models.TextChoices):
        ASKED = "asked", _("thành viên yêu cầu")
        PHONE_LOST = "phone_lost", _("mất điện thoại")
        PHONE_MOVED = "phone_moved", _("vừa đổi số điện thoại")
        STAFF = "staff", _("cửa hàng tạm khóa")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, db_index=False, related_name="spending_locks")
    reason = models.TextField(choices=Reason.choices)
    at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    by = models.TextField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["asked", "phone_lost", "phone_moved", "staff"]),
                name="reason_of_a_lock_is_known",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by="") | (Q(lifted_at__isnull=False) & ~Q(lifted_by="")),
                name="who_lifts_a_lock_is_known",
            ),
        ]
        indexes = [
            # every sale of a member asks it: few rows are not lifted
            models.Index(fields=["member"], condition=Q(lifted_at__isnull=True), name="spending_locks_now"),
            # the member's page
            models.Index(fields=["member", "-at"], name="spending_locks_of_a_member"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.at:%d/%m/%Y %H:%M}"


class SpendingPin(models.Model):
    """Six digits a member chose to spend with; only their hash is kept."""

    member = models.OneToOneField(Member, primary_key=True, on_delete=models.PROTECT, related_name="spending_pin")
    hash = models.TextField()
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.set_at:%d/%m/%Y %H:%M}"
