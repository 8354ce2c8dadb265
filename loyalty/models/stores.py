from datetime import time

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

SCOPES = ("lookup", "enrol", "earn", "redeem", "refund", "voucher")


@pghistory.track()
class Store(models.Model):
    """A shop of the business, or the practice twin that test keys write to."""

    class ReceiptRestart(models.TextChoices):
        NEVER = "never", _("không bao giờ")
        YEARLY = "yearly", _("mỗi năm")
        MONTHLY = "monthly", _("mỗi tháng")
        DAILY = "daily", _("mỗi ngày")
        TERMINAL_DAILY = "terminal_daily", _("mỗi ngày, theo từng máy")

    id = models.AutoField(primary_key=True)
    code = models.SlugField(_("mã"), max_length=32, unique=True)
    name = models.CharField(_("tên"), max_length=120)
    address = models.CharField(_("địa chỉ"), max_length=240, default="", blank=True)
    receipt_restart = models.TextField(
        _("số hóa đơn bắt đầu lại"), choices=ReceiptRestart.choices, default=ReceiptRestart.NEVER
    )
    day_starts = models.TimeField(_("ngày bán hàng bắt đầu lúc"), default=time(0, 0))
    online_window_days = models.SmallIntegerField(_("hạn gửi hóa đơn online (ngày)"), default=60)
    till_window_days = models.SmallIntegerField(_("hạn gửi hóa đơn tại quầy (ngày)"), default=7)
    practice_of = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="practice_store", editable=False
    )
    closed = models.BooleanField(_("đã đóng cửa"), default=False)

    class Meta:
        verbose_name = _("cửa hàng")
        verbose_name_plural = _("Cửa hàng")
        constraints = [
            models.CheckConstraint(
                condition=Q(receipt_restart__in=["never", "yearly", "monthly", "daily", "terminal_daily"]),
                name="receipt_restart_is_known",
            ),
            models.CheckConstraint(
                condition=Q(online_window_days__range=(0, 400), till_window_days__range=(0, 400)),
                name="posting_windows_are_within_400_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def practice(self) -> bool:
        return self.practice_of_id is not None


@pghistory.track()
class Terminal(models.Model):
    """A till of a store."""

    id = models.AutoField(primary_key=True)
    store = models.ForeignKey(Store, verbose_name=_("cửa hàng"), on_delete=models.PROTECT, related_name="terminals")
    code = models.SlugField(_("mã"), max_length=32)
    print_width = models.SmallIntegerField(_("số ký tự mỗi dòng in"), default=32, choices=[(32, "32"), (42, "42")])
    print_accents = models.BooleanField(_("in có dấu"), default=True)

    class Meta:
        verbose_name = _("máy bán hàng")
        verbose_name_plural = _("Máy bán hàng")
        constraints = [
            models.UniqueConstraint(fields=["store", "code"], name="terminal_code_is_unique_in_its_store"),
            models.CheckConstraint(condition=Q(print_width__in=[32, 42]), name="print_width_is_32_or_42"),
        ]

    def __str__(self) -> str:
        return f"{self.store.code}/{self.code}"


@pghistory.track(exclude=["secret_hash", "last_used_at"])
class ApiKey(models.Model):
    """What a POS system shows at the door: `lp_live_<prefix>_<secret>`. Only a SHA-256 of the secret is kept."""

    id = models.AutoField(primary_key=True)
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    secret_hash = models.BinaryField(editable=False)
    store = models.ForeignKey(Store, verbose_name=_("cửa hàng"), on_delete=models.PROTECT, related_name="api_keys")
    terminal = models.ForeignKey(
        Terminal, verbose_name=_("máy bán hàng"), null=True, blank=True, on_delete=models.PROTECT
    )
    scopes = ArrayField(models.TextField(), default=list)
    test = models.BooleanField(_("khóa thử"), default=False)
    description = models.CharField(_("ghi chú"), max_length=120, default="", blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField(_("hết hạn"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("thu hồi lúc"), null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("khóa API")
        verbose_name_plural = _("Khóa API")
        constraints = [
            models.CheckConstraint(condition=Q(scopes__contained_by=list(SCOPES)), name="scopes_are_known"),
        ]

    def __str__(self) -> str:
        return f"lp_{'test' if self.test else 'live'}_{self.prefix}"


class StaffPhone(models.Model):
    """A phone of a member of staff: no points on a bill keyed by that person for themselves."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_phones")
    phone = models.TextField(unique=True)
    staff_code = models.TextField(_("mã nhân viên trên máy bán hàng"), default="", blank=True)

    def __str__(self) -> str:
        return self.staff_code or str(self.user)
