from django.db import models
from django.db.models import Q


class OneTimeCode(models.Model):
    """Six digits that were sent to a phone or an e-mail, for one purpose, kept as keyed hashes only.

    `subject` is the hash of whom the code is for: an address that may belong to nobody, or a member. There is one row
    for each purpose and subject: a new code replaces the old one.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in"
        JOIN = "join"
        SPEND = "spend"
        OLD_PHONE = "old_phone"
        NEW_PHONE = "new_phone"
        NEW_EMAIL = "new_email"
        # what a member who has signed in must prove once more: a new PIN, closing the account
        CONFIRM = "confirm"
        # what a member's screen showed when something left: such a row is born used up (`members.spending_proof`)
        SCREEN = "screen"

    purpose = models.TextField(choices=Purpose.choices)
    subject = models.BinaryField()
    code_hash = models.BinaryField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0, db_default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "subject"], name="a_new_code_replaces_the_old"),
            models.CheckConstraint(
                condition=Q(
                    purpose__in=[
                        *("sign_in", "join", "spend", "old_phone", "new_phone", "new_email", "confirm", "screen")
                    ]
                ),
                name="purpose_of_a_code_is_known",
            ),
            models.CheckConstraint(condition=Q(tries__range=(0, 5)), name="a_code_is_tried_five_times"),
        ]
        indexes = [
            # forgetting the old ones
            models.Index(fields=["expires_at"], name="one_time_code_expires")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.asked_at:%d/%m/%Y %H:%M}"
