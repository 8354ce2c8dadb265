import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import UUIDv7
from members.models.member import Member


@pghistory.track(exclude=["first_name", "birth_day", "birth_month", "birth_year"])
class Person(models.Model):
    """Somebody else who uses a member's account: a husband, a daughter. A first name, perhaps a birthday, no more.

    A child's birthday is kept only with the guardian's word (`guardian`), which is the account's owner.
    """

    class Relation(models.TextChoices):
        SPOUSE = "spouse", _("vợ hoặc chồng")
        CHILD = "child", _("con")
        PARENT = "parent", _("cha hoặc mẹ")
        SIBLING = "sibling", _("anh chị em")
        OTHER = "other", _("người khác")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="people")
    first_name = models.TextField(_("tên gọi"))
    relation = models.TextField(_("quan hệ"), choices=Relation.choices)
    birth_day = models.SmallIntegerField(null=True)
    birth_month = models.SmallIntegerField(null=True)
    birth_year = models.SmallIntegerField(null=True)
    birth_calendar = models.TextField(
        choices=Member.Calendar.choices, default=Member.Calendar.SOLAR, db_default="solar"
    )
    guardian = models.BooleanField(default=False, db_default=False)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    by = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(relation__in=["spouse", "child", "parent", "sibling", "other"]),
                name="relation_to_the_account_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(relation="child") | Q(birth_day__isnull=True) | Q(guardian=True),
                name="a_childs_birthday_has_its_guardians_word",
            ),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gte=models.F("from_at")),
                name="a_person_leaves_after_coming",
            ),
        ]

    def __str__(self) -> str:
        return self.first_name or str(self.get_relation_display())
