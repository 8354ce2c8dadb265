from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import APPEND_ONLY, no_truncate


class VoucherDefinition(models.Model):
    """What a kind of voucher gives and asks, one dated version of it. Amounts are minor units of the currency.

    Never changed: staff publish the next version of the same `key` (`rewards.defining`). A voucher keeps the version it
    was issued under, whatever comes later. A version that is not `active` ends the issuing and nothing else.
    """

    class Kind(models.TextChoices):
        AMOUNT = "amount", _("giảm tiền")
        PERCENT = "percent", _("giảm phần trăm")

    class OnReturn(models.TextChoices):
        REINSTATE = "reinstate", _("trả voucher lại cho khách")
        KEEP = "keep", _("coi như đã dùng")

    id = models.AutoField(primary_key=True)
    key = models.SlugField(
        _("mã loại"), max_length=40, help_text=_("Chữ thường không dấu, số, gạch nối; ví dụ: tet-2027.")
    )
    version = models.SmallIntegerField(_("bản"), editable=False)
    valid_from = models.DateTimeField(_("có hiệu lực từ"))
    active = models.BooleanField(
        _("đang phát"), default=True, help_text=_("Tắt: không phát thêm; voucher đã phát vẫn dùng được.")
    )
    kind = models.TextField(_("cách giảm"), choices=Kind.choices, default=Kind.AMOUNT)
    amount = models.BigIntegerField(_("số tiền giảm"), null=True, blank=True)
    percent = models.SmallIntegerField(_("phần trăm giảm"), null=True, blank=True)
    cap = models.BigIntegerField(_("giảm nhiều nhất"), null=True, blank=True, help_text=_("Để trống: không giới hạn."))
    minimum_basket = models.BigIntegerField(
        _("tiền hàng từ"), default=0, help_text=_("Tính sau giảm giá của máy bán hàng, trước voucher và điểm.")
    )
    valid_days = models.SmallIntegerField(_("số ngày dùng được"), default=30)
    uses = models.SmallIntegerField(_("số lần dùng"), default=1)
    on_return = models.TextField(_("khi hóa đơn bị trả hết"), choices=OnReturn.choices, default=OnReturn.REINSTATE)
    name_vi = models.CharField(_("tên"), max_length=80)
    name_en = models.CharField(_("tên (tiếng Anh)"), max_length=80)
    terms_vi = models.TextField(_("thể lệ"), default="", blank=True)
    terms_en = models.TextField(_("thể lệ (tiếng Anh)"), default="", blank=True)
    published_at = models.DateTimeField(_("đăng lúc"), editable=False)
    published_by = models.TextField(editable=False)

    class Meta:
        verbose_name = _("loại voucher")
        verbose_name_plural = _("Loại voucher")
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="a_voucher_definition_has_one_of_each_version"),
            models.CheckConstraint(
                condition=Q(kind="amount", amount__isnull=False, amount__gte=1, percent__isnull=True, cap__isnull=True)
                | Q(kind="percent", percent__isnull=False, percent__range=(1, 100), amount__isnull=True),
                name="a_voucher_gives_an_amount_or_a_percentage",
            ),
            models.CheckConstraint(condition=Q(cap__isnull=True) | Q(cap__gte=1), name="a_voucher_cap_is_above_zero"),
            models.CheckConstraint(condition=Q(minimum_basket__gte=0), name="a_minimum_basket_is_not_negative"),
            models.CheckConstraint(condition=Q(valid_days__range=(0, 3650)), name="a_voucher_lives_for_days"),
            models.CheckConstraint(condition=Q(uses__gte=1), name="a_voucher_can_be_used"),
            models.CheckConstraint(condition=Q(on_return__in=["reinstate", "keep"]), name="a_return_policy_is_known"),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return self.name_vi
