import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import UUIDv7, no_truncate
from members.models.keeping import NEVER_DELETED
from members.models.member import Member


@pghistory.track(exclude=["text"])
class Note(models.Model):
    """What a member of staff wants others to know of a member. The text stays as written; a wrong one is taken away."""

    class SeenBy(models.TextChoices):
        EVERYBODY = "everybody", _("mọi nhân viên, cả tại quầy")
        OFFICE = "office", _("người dùng trang quản trị")
        AUTHOR = "author", _("chỉ người viết")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, db_index=False, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, db_index=False, related_name="+"
    )
    text = models.TextField(_("ghi chú"))
    seen_by = models.TextField(_("ai xem được"), choices=SeenBy.choices, default=SeenBy.OFFICE)
    pinned = models.BooleanField(_("ghim"), default=False, db_default=False)
    at = models.DateTimeField(_("viết lúc"))
    by = models.TextField()
    token = models.UUIDField(null=True)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.TextField(default="", db_default="")

    class Meta:
        verbose_name = _("ghi chú")
        verbose_name_plural = _("Ghi chú")
        constraints = [
            models.UniqueConstraint(fields=["token"], name="a_form_writes_one_note"),
            models.CheckConstraint(
                condition=Q(seen_by__in=["everybody", "office", "author"]), name="who_sees_a_note_is_known"
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by="") | Q(removed_at__isnull=False) & ~Q(removed_by=""),
                name="a_note_is_taken_away_by_somebody",
            ),
        ]
        indexes = [
            # a member's page: pinned first, newest first
            models.Index(
                fields=["member", "-pinned", "-at"], condition=Q(removed_at__isnull=True), name="notes_of_a_member"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="a_note_stays_as_written",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__text__df=pgtrigger.F("new__text")) & ~pgtrigger.Q(new__text=""),
            ),
            NEVER_DELETED,
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y}"
