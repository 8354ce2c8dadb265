import pghistory
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

SECOND_FACTOR_TAKEN_OFF = "second_factor_taken_off"


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    # nothing of the row changes, and yet it is the weightiest thing one admin can do to another's account
    pghistory.ManualEvent(SECOND_FACTOR_TAKEN_OFF),
    exclude=["password", "last_login", "email", "first_name", "last_name", "phone", "sign_in_round"],
)
class User(AbstractUser):
    """Somebody who signs in: staff; a member only after the first sign-in. Roles are groups (`members.roles`)."""

    phone = models.TextField(_("điện thoại"), default="", blank=True)
    locale = models.CharField(_("ngôn ngữ"), max_length=5, default="vi")
    store_ids = models.JSONField(
        _("cửa hàng"), default=list, blank=True, help_text=_("Cửa hàng người này làm việc; để trống là tất cả.")
    )

    # one more, and no session from before is the person's any longer
    sign_in_round = models.IntegerField(default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("nhân viên")
        verbose_name_plural = _("Nhân viên")

    def get_full_name(self) -> str:
        """The family's name first, as everybody here writes it."""
        return f"{self.last_name} {self.first_name}".strip()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session has to know of its person: the password as it was, and how often all sessions were ended."""
        salt, of = "members.User.session", f"{self.password}:{self.sign_in_round}"
        return salted_hmac(salt, of, secret=secret, algorithm="sha256").hexdigest()

    def __str__(self) -> str:
        return self.get_full_name() or self.username
