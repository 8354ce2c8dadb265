from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from events.models import UUIDv7
from members.models.member import Member


class PhoneMove(models.Model):
    """A member's way from one number to another: what has been proved so far, or who on the staff vouched.

    Of the facts a manager asked for only the names are kept. The number is forgotten when the way is at its end: from
    then on the `Identifier` has it.
    """

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="phone_moves")
    phone = models.TextField(db_collation="C")
    begun_at = models.DateTimeField()
    begun_by = models.TextField()
    expires_at = models.DateTimeField()
    store_id = models.IntegerField(null=True)
    old_proved_at = models.DateTimeField(null=True)
    new_proved_at = models.DateTimeField(null=True)
    vouched_at = models.DateTimeField(null=True)
    vouched_by = models.TextField(default="", db_default="")
    facts = ArrayField(models.TextField(), default=list, db_default=[])
    done_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(done_at__isnull=True, given_up_at__isnull=True),
                name="a_member_moves_to_one_phone_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True)
                | Q(old_proved_at__isnull=False, new_proved_at__isnull=False)
                | Q(vouched_at__isnull=False, facts__len__gte=2),
                name="a_phone_moves_by_two_codes_or_a_manager",
            ),
            models.CheckConstraint(
                condition=Q(vouched_at__isnull=True, vouched_by="") | (Q(vouched_at__isnull=False) & ~Q(vouched_by="")),
                name="who_vouched_is_known",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, given_up_at__isnull=True) | Q(phone=""),
                name="a_move_that_ended_forgets_the_phone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.begun_at:%d/%m/%Y %H:%M}"

    @property
    def open(self) -> bool:
        return self.done_at is None and self.given_up_at is None
