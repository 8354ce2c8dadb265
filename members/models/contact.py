import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


@pghistory.track()
class StoreContact(models.Model):
    """Who looks after the members of a store that have nobody of their own. `store_id` names a store of floor 2."""

    store_id = models.IntegerField(primary_key=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("người phụ trách"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("người phụ trách của cửa hàng")
        verbose_name_plural = _("Người phụ trách của cửa hàng")

    def __str__(self) -> str:
        return str(self.person or "—")
