"""Views of the database that exist to be read by people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models.points import KINDS
from loyalty.models.stores import Store


class EntryRow(models.Model):
    """One entry of the ledger under a key of one column (`member:seq`), which Django's admin asks for; read-only."""

    id = models.TextField(primary_key=True)
    member_id = models.UUIDField()
    seq = models.IntegerField()
    kind = models.TextField(_("loại"), choices=[(kind, kind) for kind in KINDS])
    available = models.BigIntegerField()
    pending = models.BigIntegerField()
    held = models.BigIntegerField()
    debt = models.BigIntegerField()
    available_after = models.BigIntegerField()
    pending_after = models.BigIntegerField()
    held_after = models.BigIntegerField()
    debt_after = models.BigIntegerField()
    effective_at = models.DateTimeField(_("tính từ"))
    recorded_at = models.DateTimeField(_("ghi lúc"))
    by = models.TextField(_("người ghi"))
    store = models.ForeignKey(
        Store, verbose_name=_("cửa hàng"), null=True, on_delete=models.DO_NOTHING, related_name="+"
    )
    purchase_id = models.UUIDField(null=True)
    return_id = models.UUIDField(null=True)
    reverses_seq = models.IntegerField(null=True)
    reason = models.TextField(_("lý do"))
    request_id = models.TextField()

    class Meta:
        managed = False
        db_table = "loyalty_entryrow"
        verbose_name = _("dòng sổ điểm")
        verbose_name_plural = _("Sổ điểm")

    def __str__(self) -> str:
        return self.id
