"""Vouchers of members, and what became of them. A voucher is issued, redeemed or expired: derived from its columns."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models import UUIDv7, no_truncate
from rewards.models.definitions import VoucherDefinition

NEVER_DELETED = pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)


class Voucher(models.Model):
    """A promise to one member, under the version of its definition that was in force when it was issued.

    `issued_for` is the reason, one voucher each: a campaign's step, an apology of staff. The code is computed from the
    id whenever it is shown (`rewards.codes`); only a keyed hash is kept, to find it by. `used` counts live uses and is
    raised by one conditional UPDATE (`rewards.claiming`), which is why no race can use a voucher twice.
    """

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    definition = models.ForeignKey(
        VoucherDefinition, verbose_name=_("loại voucher"), on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    member_id = models.UUIDField()
    issued_for = models.TextField(_("phát vì"))
    issued_at = models.DateTimeField(_("phát lúc"))
    expires_at = models.DateTimeField(_("hết hạn"))
    uses_allowed = models.SmallIntegerField(_("số lần dùng"))
    used = models.SmallIntegerField(_("đã dùng"), default=0, db_default=0)
    code_hash = models.BinaryField()
    last4 = models.CharField(_("4 ký tự cuối"), max_length=4)
    by = models.TextField(_("người phát"))
    note = models.TextField(_("lý do"), default="", db_default="")
    voided_at = models.DateTimeField(_("hủy lúc"), null=True)
    voided_by = models.TextField(_("người hủy"), default="", db_default="")
    void_reason = models.TextField(_("lý do hủy"), default="", db_default="")

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("Voucher")
        constraints = [
            models.UniqueConstraint(fields=["issued_for"], name="a_reason_issues_one_voucher"),
            models.UniqueConstraint(fields=["code_hash"], name="a_code_names_one_voucher"),
            models.CheckConstraint(
                condition=Q(used__gte=0, used__lte=F("uses_allowed")), name="a_voucher_is_never_used_too_often"
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_by="", void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(voided_by="") & ~Q(void_reason="")),
                name="who_voids_a_voucher_says_why",
            ),
        ]
        indexes = [
            # a member's vouchers, newest first
            models.Index(fields=["member_id", "id"], name="voucher_of_a_member"),
            # how many somebody gave by hand today
            models.Index(
                fields=["by", "issued_at"], condition=Q(issued_for__startswith="hand:"), name="voucher_by_hand"
            ),
            # the dashboard's lists: one kind, version by version; what was taken out of use; the end of a code
            models.Index(fields=["definition", "id"], name="voucher_of_a_kind"),
            models.Index(fields=["id"], condition=Q(voided_at__isnull=False), name="voucher_voided"),
            models.Index(fields=["last4"], name="voucher_ends_in"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="what_was_issued_stays",
                fields=[
                    "id",
                    "definition",
                    "member_id",
                    "issued_for",
                    "issued_at",
                    "uses_allowed",
                    "code_hash",
                    "last4",
                    "by",
                    "note",
                ],
            ),
            NEVER_DELETED,
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"…{self.last4}"


class VoucherUse(models.Model):
    """One use of one voucher: on which bill, for how much (minor units), and whether it came back.

    `proven`: the code was shown, or the member was there. `extended_to`: the voucher's new end, where it came back with
    too little time left.
    """

    class State(models.TextChoices):
        REDEEMED = "redeemed", _("đã dùng")
        GIVEN_BACK = "given_back", _("đã trả lại")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, db_index=False, related_name="uses")
    member_id = models.UUIDField()
    purchase_id = models.UUIDField()
    discount = models.BigIntegerField(_("số tiền giảm"))
    proven = models.BooleanField(default=False, db_default=False)
    state = models.TextField(_("trạng thái"), choices=State.choices, default=State.REDEEMED, db_default="redeemed")
    at = models.DateTimeField(_("dùng lúc"))
    by = models.TextField()
    store_id = models.IntegerField()
    request_id = models.TextField(default="", db_default="")
    given_back_at = models.DateTimeField(null=True)
    return_id = models.UUIDField(null=True)
    extended_to = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("lần dùng voucher")
        verbose_name_plural = _("Lần dùng voucher")
        constraints = [
            models.UniqueConstraint(fields=["voucher", "purchase_id"], name="a_voucher_is_used_once_per_bill"),
            models.CheckConstraint(condition=Q(discount__gte=1), name="a_voucher_takes_something_off"),
            models.CheckConstraint(
                condition=Q(
                    state="redeemed", given_back_at__isnull=True, return_id__isnull=True, extended_to__isnull=True
                )
                | Q(state="given_back", given_back_at__isnull=False, return_id__isnull=False),
                name="a_use_given_back_names_its_return",
            ),
        ]
        indexes = [
            # the vouchers of a bill: its answer, and its return
            models.Index(fields=["purchase_id"], name="voucher_uses_of_a_bill"),
            # what a member used today without being there: the daily amount
            models.Index(fields=["member_id", "at"], name="voucher_uses_of_a_member"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="a_use_only_comes_back", exclude=["state", "given_back_at", "return_id", "extended_to"]
            ),
            NEVER_DELETED,
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.voucher_id} {self.purchase_id}"


pghistory.track(
    pghistory.UpdateEvent(), fields=["id", "voided_at", "voided_by", "void_reason"], model_name="VoucherHistory"
)(Voucher)
