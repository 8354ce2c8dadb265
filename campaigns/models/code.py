from django.db import models
from django.db.models import Q

from events.models import UUIDv7
from members.models import Member


class CodeMessage(models.Model):
    """A one-time code on its way: at any hour, to any address, at least once, under one key of the provider.

    The text is forgotten as soon as the provider has it or the code is too old to help.
    """

    class State(models.TextChoices):
        DUE = "due"
        SENT = "sent"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    channel = models.TextField()
    address = models.TextField()
    text = models.TextField()
    language = models.TextField()
    state = models.TextField(choices=State.choices, default=State.DUE, db_default="due")
    reason = models.TextField(default="", db_default="")
    attempts = models.SmallIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["due", "sent", "failed"]), name="code_state_is_known"),
            models.CheckConstraint(condition=Q(state="due") | Q(text=""), name="a_code_that_ended_is_forgotten"),
        ]
        indexes = [
            # the sender: what is due
            models.Index(fields=["due_at"], condition=Q(state="due"), name="code_due")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"

    @property
    def key(self) -> str:
        return f"code:{self.pk}"
