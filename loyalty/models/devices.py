import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty.models.stores import Store, Terminal


@pghistory.track(exclude=["token_hash", "last_seen_at", "receipts"])
class Device(models.Model):
    """A till's browser, tablet or phone that a store trusts. Its cookie is a token of which only a hash is kept.

    `receipts` counts the bills it numbered itself: `D<id>-000123`.
    """

    id = models.AutoField(primary_key=True)
    store = models.ForeignKey(Store, verbose_name=_("cửa hàng"), on_delete=models.PROTECT, related_name="devices")
    terminal = models.ForeignKey(
        Terminal, verbose_name=_("máy bán hàng"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("tên thiết bị"), max_length=80)
    token_hash = models.BinaryField(unique=True, editable=False)
    idle_minutes = models.SmallIntegerField(_("khóa sau khi không dùng (phút)"), default=5, db_default=5)
    receipts = models.IntegerField(default=0, db_default=0, editable=False)
    enrolled_at = models.DateTimeField(_("đăng ký lúc"))
    enrolled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("người đăng ký"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    last_seen_at = models.DateTimeField(_("dùng lần gần nhất"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("thu hồi lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("thiết bị")
        verbose_name_plural = _("Thiết bị")
        constraints = [
            models.CheckConstraint(condition=Q(idle_minutes__range=(1, 240)), name="a_device_locks_within_hours"),
            models.CheckConstraint(condition=Q(receipts__gte=0), name="a_device_counts_its_receipts_up"),
        ]

    def __str__(self) -> str:
        return self.name


class DeviceInvitation(models.Model):
    """A link, good for a quarter of an hour and for one browser, that makes it a device of a store."""

    id = models.AutoField(primary_key=True)
    code_hash = models.BinaryField(unique=True, editable=False)
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    terminal = models.ForeignKey(Terminal, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField()
    device = models.OneToOneField(Device, null=True, on_delete=models.CASCADE, related_name="invitation")

    def __str__(self) -> str:
        return self.name


class Sitting(models.Model):
    """Somebody at a device, from the right PIN until the lock. Apart from the dashboard's sessions on purpose."""

    id = models.BigAutoField(primary_key=True)
    token_hash = models.BinaryField(unique=True, editable=False)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="sittings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    practice = models.BooleanField(default=False)

    class Meta:
        constraints = [
            # one person at a time; whoever signs in next ends the sitting of before
            models.UniqueConstraint(
                fields=["device"], condition=Q(ended_at__isnull=True), name="one_person_sits_at_a_device"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.device_id}"
