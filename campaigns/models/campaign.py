from datetime import time

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

# The channels a step may name, in the order in which it tries them. The portal's inbox gets every message besides.
OUTWARD = ("email", "sms", "zalo")


class MessageClass(models.TextChoices):
    """What a message is in law and in fairness; it decides what is asked before it goes."""

    CODE = "code", _("mã xác thực")
    SERVICE = "service", _("chăm sóc")
    ADVERTISING = "advertising", _("quảng cáo")


@pghistory.track()
class Campaign(models.Model):
    """Something the shop does for each member for whom its trigger comes: `campaigns.enrolling` finds them.

    While it is paused people are still found, and nothing is sent; what became stale meanwhile (`stale_days`) is left.
    """

    class Trigger(models.TextChoices):
        JOINED = "joined", _("đăng ký thành viên")
        BIRTHDAY = "birthday", _("sinh nhật")
        SILENCE = "silence", _("lâu chưa mua")

    id = models.SmallAutoField(primary_key=True)
    key = models.SlugField(_("mã"), max_length=32, unique=True)
    name_vi = models.CharField(_("tên"), max_length=120)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=120)
    trigger = models.TextField(_("khi nào"), choices=Trigger.choices)
    running = models.BooleanField(_("đang chạy"), default=False)
    since = models.DateTimeField(
        _("tính từ"), null=True, blank=True, help_text=_("Điều xảy ra trước lúc này không được tính.")
    )
    until = models.DateTimeField(_("đến hết"), null=True, blank=True)
    days_before = models.SmallIntegerField(_("trước sinh nhật (ngày)"), default=7)
    silence_days = models.SmallIntegerField(_("chưa mua từ (ngày)"), default=60)
    silence_at_most_days = models.SmallIntegerField(
        _("nhưng không quá (ngày)"), default=120, help_text=_("Lâu hơn nữa thì không nhắn.")
    )
    send_from = models.TimeField(_("gửi từ giờ"), default=time(9, 0))
    stale_days = models.SmallIntegerField(
        _("bỏ nếu trễ quá (ngày)"), default=14, help_text=_("Lượt chưa gửi được sau chừng này ngày thì bỏ.")
    )
    holdout_percent = models.SmallIntegerField(
        _("nhóm đối chứng (%)"), default=0, help_text=_("Phần không nhận gì, để biết chiến dịch có tác dụng không.")
    )

    class Meta:
        verbose_name = _("chiến dịch")
        verbose_name_plural = _("Chiến dịch")
        constraints = [
            models.CheckConstraint(condition=Q(trigger__in=["joined", "birthday", "silence"]), name="trigger_is_known"),
            models.CheckConstraint(
                condition=Q(running=False) | Q(since__isnull=False), name="a_running_campaign_has_a_beginning"
            ),
            models.CheckConstraint(condition=Q(days_before__range=(0, 60)), name="a_gift_comes_near_the_birthday"),
            models.CheckConstraint(
                condition=Q(silence_days__range=(7, 1000), silence_at_most_days__gte=F("silence_days")),
                name="a_silence_has_two_bounds",
            ),
            models.CheckConstraint(condition=Q(stale_days__range=(1, 60)), name="a_turn_grows_stale_in_days"),
            models.CheckConstraint(condition=Q(holdout_percent__range=(0, 50)), name="a_holdout_is_half_at_most"),
        ]
        # what its steps may say depends on the trigger, and whose turn it was on the key
        triggers = [pgtrigger.ReadOnly(name="a_campaign_keeps_its_trigger", fields=["key", "trigger"])]

    def __str__(self) -> str:
        return self.name_vi


# Win-back is an offer whatever its words say. The rule spans two tables, so the database keeps it by a trigger.
NO_OFFER_AS_SERVICE = pgtrigger.Trigger(
    name="an_offer_is_advertising",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        IF NEW.message_class <> 'advertising'
           AND EXISTS (SELECT FROM campaigns_campaign WHERE id = NEW.campaign_id AND trigger = 'silence') THEN
            RAISE EXCEPTION 'a message to the silent is advertising' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)


@pghistory.track()
class CampaignStep(models.Model):
    """One message of a campaign, with a voucher or without. `after_days` counts from the step before it.

    Texts are Liquid with the fields of `campaigns.wording` only. `short_*` is what SMS and Zalo say; e-mail and the
    portal's inbox have subject and body.
    """

    id = models.SmallAutoField(primary_key=True)
    campaign = models.ForeignKey(
        Campaign, verbose_name=_("chiến dịch"), on_delete=models.PROTECT, related_name="steps", db_index=False
    )
    position = models.SmallIntegerField(_("bước"))
    after_days = models.SmallIntegerField(_("sau bước trước (ngày)"), default=0)
    message_class = models.TextField(
        _("loại tin"), choices=[choice for choice in MessageClass.choices if choice[0] != MessageClass.CODE]
    )
    voucher = models.SlugField(
        _("voucher"), max_length=64, default="", blank=True, help_text=_("Mã của voucher được tặng; trống: không tặng.")
    )
    channels = ArrayField(
        models.TextField(),
        verbose_name=_("kênh, theo thứ tự thử"),
        default=list,
        blank=True,
        help_text=_("Hộp thư trên trang thành viên luôn nhận được."),
    )
    subject_vi = models.CharField(_("tiêu đề"), max_length=200)
    body_vi = models.TextField(_("nội dung"))
    short_vi = models.CharField(_("tin ngắn (SMS, Zalo)"), max_length=480)
    subject_en = models.CharField(_("tiêu đề tiếng Anh"), max_length=200)
    body_en = models.TextField(_("nội dung tiếng Anh"))
    short_en = models.CharField(_("tin ngắn tiếng Anh"), max_length=480)

    class Meta:
        verbose_name = _("bước chiến dịch")
        verbose_name_plural = _("Bước chiến dịch")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="a_campaign_has_one_step_at_a_position"),
            models.CheckConstraint(condition=Q(position__gte=1, after_days__range=(0, 365)), name="steps_go_forward"),
            models.CheckConstraint(
                condition=Q(message_class__in=["service", "advertising"]), name="a_step_is_service_or_advertising"
            ),
            models.CheckConstraint(condition=Q(channels__contained_by=list(OUTWARD)), name="step_channels_are_known"),
        ]
        triggers = [NO_OFFER_AS_SERVICE]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.position}"
