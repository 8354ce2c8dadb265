from django.db import models
from django.db.models import Q

from members.models.member import Member


class Tag(models.Model):
    """A member bears a key from one moment until another: a label by staff, or membership of a segment."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="tags")
    key = models.TextField(db_collation="C")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    by = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "key"], condition=Q(until_at__isnull=True), name="a_tag_is_borne_once"
            )
        ]
        indexes = [
            # who bears a key now
            models.Index(fields=["key", "member"], condition=Q(until_at__isnull=True), name="tag_bearers")
        ]

    def __str__(self) -> str:
        return self.key
