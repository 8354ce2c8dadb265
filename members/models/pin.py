import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


@pghistory.track(exclude=["salt", "hash"])
class StaffPin(models.Model):
    """The PIN of somebody who works at a counter: only a slow, keyed hash of it is kept (`members.pins`).

    `temporary`: somebody else chose it, and its owner has to choose another one at the first sign-in.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_pin", primary_key=True
    )
    salt = models.BinaryField(editable=False)
    hash = models.BinaryField(editable=False)
    temporary = models.BooleanField(_("phải đổi"), default=False)
    set_at = models.DateTimeField(_("đặt lúc"))
    set_by = models.TextField(_("người đặt"))

    class Meta:
        verbose_name = _("mã PIN")
        verbose_name_plural = _("Mã PIN")

    def __str__(self) -> str:
        return str(self.user)
