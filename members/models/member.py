import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import UUIDv7


class Member(models.Model):
    """A customer who joined the programme. Phones, cards and e-mails are `Identifier`s: they move, the member stays.

    `joined_store_id` and `home_store_id` name stores of the floor above by number. A practice member was invented with
    a test key and is invisible to live ones.
    """

    class Gender(models.TextChoices):
        FEMALE = "female", _("nữ")
        MALE = "male", _("nam")
        OTHER = "other", _("khác")

    class Calendar(models.TextChoices):
        SOLAR = "solar", _("dương lịch")
        LUNAR = "lunar", _("âm lịch")

    class Status(models.TextChoices):
        ACTIVE = "active", _("đang hoạt động")
        CLOSED = "closed", _("đã đóng")
        ERASED = "erased", _("đã xóa dữ liệu")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    name = models.TextField(_("họ tên"), default="", db_default="")
    folded_name = models.TextField(default="", db_default="", db_collation="C", editable=False)
    call_name = models.TextField(_("tên gọi"), default="", db_default="", blank=True)
    honorific = models.TextField(_("xưng hô"), default="", db_default="", blank=True)
    gender = models.TextField(_("giới tính"), choices=Gender.choices, default="", db_default="", blank=True)
    birth_day = models.SmallIntegerField(_("ngày sinh"), null=True, blank=True)
    birth_month = models.SmallIntegerField(_("tháng sinh"), null=True, blank=True)
    birth_year = models.SmallIntegerField(_("năm sinh"), null=True, blank=True)
    birth_calendar = models.TextField(_("lịch"), choices=Calendar.choices, default=Calendar.SOLAR, db_default="solar")
    birth_unsure = models.BooleanField(_("ngày sinh chưa chắc"), default=False, db_default=False)
    province = models.TextField(_("tỉnh, thành phố"), default="", db_default="", blank=True)
    ward = models.TextField(_("phường, xã"), default="", db_default="", blank=True)
    locale = models.TextField(_("ngôn ngữ"), default="vi", db_default="vi")
    joined_at = models.DateTimeField(_("ngày tham gia"))
    joined_via = models.TextField(_("tham gia qua"), default="", db_default="")
    joined_store_id = models.IntegerField(null=True, blank=True)
    joined_staff = models.TextField(default="", db_default="", blank=True)
    joined_source = models.TextField(_("nguồn"), default="", db_default="", blank=True)
    home_store_id = models.IntegerField(null=True, blank=True)
    contact_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("người phụ trách"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="member"
    )
    status = models.TextField(_("trạng thái"), choices=Status.choices, default=Status.ACTIVE, db_default="active")
    practice = models.BooleanField(default=False, db_default=False)
    qr_generation = models.SmallIntegerField(default=1, db_default=1)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("thành viên")
        verbose_name_plural = _("Thành viên")
        constraints = [
            models.CheckConstraint(
                condition=Q(birth_month__isnull=True) | Q(birth_month__range=(1, 12)), name="birth_month_is_a_month"
            ),
            models.CheckConstraint(
                condition=Q(birth_day__isnull=True) | Q(birth_day__range=(1, 31)), name="birth_day_is_a_day"
            ),
            models.CheckConstraint(
                condition=Q(birth_day__isnull=True, birth_month__isnull=True)
                | Q(birth_day__isnull=False, birth_month__isnull=False),
                name="birth_day_and_month_go_together",
            ),
        ]
        indexes = [
            # the dashboard's list: members of one store, newest first; who joined in a period; the few who left
            models.Index(fields=["home_store_id", "-id"], name="member_of_a_store"),
            models.Index(fields=["joined_at"], name="member_joined"),
            models.Index(fields=["-id"], condition=~Q(status="active"), name="member_not_active"),
            # lists in the order of names
            models.Index(fields=["folded_name", "id"], name="member_folded_name"),
            # search among the few practice members
            models.Index(fields=["folded_name", "id"], condition=Q(practice=True), name="member_practice_names"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.id)


class NameToken(models.Model):
    """Some words of a member's folded name, in their order, up to the last (`members.identifying.search_tokens`).

    `nguyen thi lan`, `nguyen lan`, `thi lan`, `lan`: whatever words somebody types in their order begin one of these,
    so that one range of the primary key finds the member.
    """

    pk = models.CompositePrimaryKey("token", "member_id")
    token = models.TextField(db_collation="C")
    member_id = models.UUIDField()

    class Meta:
        # renaming a member replaces its tokens
        indexes = [models.Index(fields=["member_id"], name="tokens_of_a_member")]

    def __str__(self) -> str:
        return self.token


pghistory.track(
    pghistory.UpdateEvent(),
    fields=["id", "status", "locale", "home_store_id", "contact_person", "practice", "qr_generation", "birth_unsure"],
    model_name="MemberHistory",
)(Member)
