import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


@pghistory.track(exclude=["token_hash", "name", "email"])
class StaffInvitation(models.Model):
    """A link that makes one person one of the staff, once and within days (`members.inviting`).

    Only a hash of its token is kept. It ends by being accepted, by being taken back, or by its time.
    """

    id = models.AutoField(primary_key=True)
    token_hash = models.BinaryField(unique=True, editable=False)
    name = models.CharField(_("tên"), max_length=120, default="", blank=True)
    email = models.EmailField(_("e-mail"), default="", blank=True)
    role = models.TextField(_("vai trò"))
    store_ids = models.JSONField(
        _("cửa hàng"), default=list, blank=True, help_text=_("Cửa hàng người này làm việc; để trống là tất cả.")
    )
    language = models.CharField(_("ngôn ngữ"), max_length=5, default="vi")
    made_at = models.DateTimeField(_("mời lúc"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người mời"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    expires_at = models.DateTimeField(_("hết hạn"))
    revoked_at = models.DateTimeField(_("thu hồi lúc"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("nhận lời lúc"), null=True, blank=True)
    accepted_by = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("người nhận lời"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("lời mời nhân viên")
        verbose_name_plural = _("Lời mời nhân viên")
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="who_accepted_an_invitation_is_known",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True), name="an_invitation_ends_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or str(self.pk)
