import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import UUIDv7
from members.models.member import Member
from members.models.person import Person


@pghistory.track(exclude=["made", "clashes"])
class CardBatch(models.Model):
    """Cards printed together, with any numbering: a range (`prefix`, `first` … `last`, `width` digits) or a list.

    `made` counts the cards that are in the stock by now: a long range is laid in by a job, chunk by chunk.
    """

    name = models.CharField(_("tên lô"), max_length=120)
    prefix = models.CharField(_("phần đầu"), max_length=20, default="", blank=True)
    first = models.BigIntegerField(_("số đầu"), null=True, blank=True)
    last = models.BigIntegerField(_("số cuối"), null=True, blank=True)
    width = models.SmallIntegerField(_("số chữ số"), default=8)
    count = models.IntegerField(_("số thẻ"))
    made = models.IntegerField(_("đã tạo"), default=0, db_default=0)
    clashes = models.IntegerField(_("số bị trùng"), default=0, db_default=0)
    exported_at = models.DateTimeField(_("đã xuất lúc"), null=True)
    exported_by = models.TextField(default="", db_default="")
    created_at = models.DateTimeField(_("tạo lúc"))
    created_by = models.TextField()

    class Meta:
        verbose_name = _("lô thẻ")
        verbose_name_plural = _("Lô thẻ")
        constraints = [
            models.CheckConstraint(condition=Q(count__range=(1, 2_000_000)), name="a_batch_of_cards_has_a_size"),
            models.CheckConstraint(
                condition=Q(made__gte=0, clashes__gte=0), name="cards_of_a_batch_are_counted_from_nothing"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Card(models.Model):
    """One printed card: blank until it is activated for somebody at its first use, or blocked."""

    class State(models.TextChoices):
        BLANK = "blank", _("chưa kích hoạt")
        ACTIVE = "active", _("đang dùng")
        BLOCKED = "blocked", _("đã khóa")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    batch = models.ForeignKey(CardBatch, on_delete=models.PROTECT, related_name="cards")
    number = models.TextField(unique=True, db_collation="C")
    state = models.TextField(choices=State.choices, default=State.BLANK, db_default="blank")
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="cards")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, db_index=False, related_name="cards")
    activated_at = models.DateTimeField(null=True)
    activated_by = models.TextField(default="", db_default="")
    blocked_at = models.DateTimeField(null=True)
    blocked_by = models.TextField(default="", db_default="")
    reason = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["blank", "active", "blocked"]), name="card_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="blank", member__isnull=True, activated_at__isnull=True)
                | Q(state="active", member__isnull=False, activated_at__isnull=False)
                | Q(state="blocked", blocked_at__isnull=False),
                name="an_active_card_is_somebodys",
            ),
        ]

    def __str__(self) -> str:
        return f"••••{self.number[-4:]}"
