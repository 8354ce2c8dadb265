"""A bill that was keyed wrongly and stands in the books once more, as it should have been."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models import APPEND_ONLY, no_truncate
from loyalty.models.purchases import Purchase, Return


class Correction(models.Model):
    """`purchase` came back whole by `back`, and `next`, the next revision of its receipt, stands in its place."""

    purchase = models.OneToOneField(Purchase, primary_key=True, on_delete=models.PROTECT, related_name="correction")
    next = models.OneToOneField(Purchase, on_delete=models.PROTECT, related_name="corrects")
    back = models.OneToOneField(Return, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.TextField()
    request_id = models.TextField(default="", db_default="")

    class Meta:
        verbose_name = _("lần sửa hóa đơn")
        constraints = [
            models.CheckConstraint(condition=~Q(purchase=F("next")), name="a_bill_is_corrected_by_another"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_correction_has_a_reason"),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.purchase_id} → {self.next_id}"
