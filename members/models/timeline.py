from django.db import models

from events.models import Event
from members.models.member import Member


class TimelineItem(models.Model):
    """One line of a member's timeline, absorbed from one event; rebuildable from the events."""

    event = models.OneToOneField(Event, primary_key=True, on_delete=models.PROTECT)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, db_index=False)
    type = models.TextField()
    at = models.DateTimeField()
    subject_id = models.UUIDField(null=True)
    store_id = models.IntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            # a member's page, newest first
            models.Index(fields=["member", "-at"], name="timeline_of_a_member")
        ]

    def __str__(self) -> str:
        return f"{self.type} of {self.member_id}"
