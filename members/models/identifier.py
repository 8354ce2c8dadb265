from django.db import models
from django.db.models import Q
from django.db.models.functions import Reverse, Right
from django.utils.translation import gettext_lazy as _

from events.models import UUIDv7
from members.models.member import Member


class Identifier(models.Model):
    """A phone, card, e-mail or outside id that names a member from one moment until another.

    `value` is normalised (`members.identifying`): phones as E.164, e-mails lower case, cards and outside ids as
    printed.
    A phone, card or outside id names one member at a time; an e-mail may be shared and is unverified until proved.
    """

    class Kind(models.TextChoices):
        PHONE = "phone", _("điện thoại")
        CARD = "card", _("thẻ")
        EMAIL = "email", _("e-mail")
        EXTERNAL = "external", _("mã ngoài")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.TextField(choices=Kind.choices)
    value = models.TextField(db_collation="C")
    practice = models.BooleanField(default=False, db_default=False)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # finding a member by phone, card or outside id; and one owner at a time
            models.UniqueConstraint(
                fields=["kind", "value", "practice"],
                condition=Q(until_at__isnull=True) & ~Q(kind="email"),
                name="an_identifier_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["phone", "card", "email", "external"]), name="identifier_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gte=models.F("from_at")),
                name="identifier_ends_after_it_begins",
            ),
        ]
        indexes = [
            # finding by e-mail
            models.Index(fields=["value"], condition=Q(kind="email", until_at__isnull=True), name="identifier_email"),
            # "the last four digits and a name" at the counter
            models.Index(
                Right("value", 4),
                "member",
                condition=Q(kind="phone", until_at__isnull=True),
                name="identifier_phone_last4",
            ),
            # the end of a phone number, any length
            models.Index(
                Reverse("value"), condition=Q(kind="phone", until_at__isnull=True), name="identifier_phone_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.member_id}"
