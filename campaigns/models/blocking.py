"""What may not be sent: the shop's own limits, addresses left in peace, and the national do-not-advertise list."""

import secrets
from datetime import time

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# Decree 91/2020: advertising by SMS between 7:00 and 22:00, three messages in 24 hours at most.
LAW_FROM, LAW_UNTIL, LAW_DAILY = time(7, 0), time(22, 0), 3


def new_salt() -> str:
    return secrets.token_hex(16)


@pghistory.track(exclude=["salt"])
class SendingPolicy(models.Model):
    """The limits of everything the shop sends. Stricter than the law if it likes, never looser.

    `salt` decides for life who is held out of advertising: a new one would mix those who were with those who were not.
    """

    id = models.SmallAutoField(primary_key=True)
    holdout_percent = models.SmallIntegerField(
        _("nhóm đối chứng chung (%)"), default=5, help_text=_("Không nhận quảng cáo nào, cố định cho mỗi thành viên.")
    )
    salt = models.TextField(default=new_salt, editable=False)
    daily_cap = models.SmallIntegerField(_("quảng cáo mỗi 24 giờ, nhiều nhất"), default=3)
    weekly_cap = models.SmallIntegerField(_("quảng cáo mỗi 7 ngày, nhiều nhất"), default=5)
    quiet_until = models.TimeField(_("SMS quảng cáo từ"), default=LAW_FROM)
    quiet_from = models.TimeField(_("SMS quảng cáo đến"), default=LAW_UNTIL)
    brand = models.CharField(
        _("tên thương hiệu trên SMS"), max_length=11, default="CUAHANG", help_text=_("Tối đa 11 ký tự, không dấu.")
    )
    tested_at = models.DateTimeField(_("gửi thử lần gần nhất"), null=True, editable=False)

    class Meta:
        verbose_name = _("giới hạn gửi tin")
        verbose_name_plural = _("Giới hạn gửi tin")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="there_is_one_sending_policy"),
            models.CheckConstraint(condition=Q(holdout_percent__range=(0, 50)), name="the_holdout_is_half_at_most"),
            models.CheckConstraint(condition=Q(daily_cap__range=(0, LAW_DAILY)), name="three_a_day_at_most"),
            models.CheckConstraint(condition=Q(weekly_cap__range=(0, 21)), name="a_weekly_cap_is_a_count"),
            models.CheckConstraint(
                condition=Q(quiet_until__gte=LAW_FROM, quiet_from__lte=LAW_UNTIL), name="nights_are_quiet"
            ),
            models.CheckConstraint(
                condition=Q(quiet_until__lt=models.F("quiet_from")), name="there_are_hours_to_send_in"
            ),
            models.CheckConstraint(condition=Q(brand__regex=r"^[A-Za-z0-9._-]{3,11}$"), name="a_brand_is_plain_ascii"),
        ]

    def __str__(self) -> str:
        return self.brand


@pghistory.track(exclude=["address"])
class Suppression(models.Model):
    """An address that gets nothing but codes: it bounced, its owner complained, or staff were asked to leave it."""

    class Cause(models.TextChoices):
        BOUNCED = "bounced", _("địa chỉ không nhận")
        COMPLAINED = "complained", _("bị báo là thư rác")
        ASKED = "asked", _("khách yêu cầu")

    channel = models.TextField(_("kênh"), choices=[("email", "e-mail"), ("sms", "SMS"), ("zalo", "Zalo")])
    address = models.TextField(_("địa chỉ"), db_collation="C")
    cause = models.TextField(_("lý do"), choices=Cause.choices, default=Cause.ASKED)
    since = models.DateTimeField(_("từ"))
    until = models.DateTimeField(_("đến"), null=True, blank=True)
    by = models.TextField()

    class Meta:
        verbose_name = _("địa chỉ không gửi")
        verbose_name_plural = _("Địa chỉ không gửi")
        constraints = [
            # asked for each message
            models.UniqueConstraint(
                fields=["address", "channel"], condition=Q(until__isnull=True), name="an_address_is_suppressed_once"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["email", "sms", "zalo"]), name="suppression_is_of_a_channel"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.cause}"


class ListedPhone(models.Model):
    """A phone on the national do-not-advertise list, as of the list's date. Written by the import only."""

    phone = models.TextField(primary_key=True, db_collation="C")
    listed_on = models.DateField()
    imported_at = models.DateTimeField()

    class Meta:
        verbose_name = _("số không nhận quảng cáo")
        verbose_name_plural = _("Danh sách không quảng cáo")

    def __str__(self) -> str:
        return f"••••{self.phone[-4:]}"
