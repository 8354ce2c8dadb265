from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign, CampaignStep, MessageClass
from members.models import Member


class Turn(models.Model):
    """One member's turn in one step of a campaign, for one occasion: it happens once, whatever is said twice.

    `trigger_key` names the occasion: `once`, the year of a birthday in its own calendar, the purchase after which the
    silence began. `sending` is committed before the provider is called, so that a turn whose worker died is known to
    be unknown and is not sent again. `sent_at` is the moment at which it was decided to go.
    """

    class State(models.TextChoices):
        DUE = "due", _("chờ gửi")
        SENDING = "sending", _("đang gửi")
        SENT = "sent", _("đã gửi")
        FAILED = "failed", _("không gửi được")
        SKIPPED = "skipped", _("bỏ qua")
        HELD_OUT = "held_out", _("nhóm đối chứng")
        UNKNOWN = "unknown", _("không rõ")

    OPEN = (State.DUE, State.SENDING)
    # what a member may have received
    GONE = (State.SENDING, State.SENT, State.UNKNOWN)

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey(
        Campaign, verbose_name=_("chiến dịch"), on_delete=models.PROTECT, db_index=False, related_name="turns"
    )
    step = models.ForeignKey(CampaignStep, on_delete=models.PROTECT, db_index=False)
    position = models.SmallIntegerField(_("bước"))
    member = models.ForeignKey(
        Member, verbose_name=_("thành viên"), on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    trigger_key = models.TextField(_("dịp"), db_collation="C")
    occasion_on = models.DateField(_("ngày"), help_text="The birthday, the last purchase, the day of joining.")
    state = models.TextField(_("trạng thái"), choices=State.choices, default=State.DUE, db_default="due")
    reason = models.TextField(_("lý do"), default="", db_default="")
    closed_channels = models.JSONField(_("kênh không dùng được"), default=dict, db_default={})
    message_class = models.TextField(_("loại tin"), choices=MessageClass.choices)
    enrolled_at = models.DateTimeField(_("tính lúc"))
    due_at = models.DateTimeField(_("gửi lúc"))
    stale_at = models.DateTimeField(_("bỏ nếu quá"))
    claimed_until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(_("số lần thử"), default=0, db_default=0)
    voucher_id = models.UUIDField(null=True)
    channel = models.TextField(_("kênh"), default="", db_default="")
    provider_id = models.TextField(default="", db_default="")
    language = models.TextField(_("ngôn ngữ"), default="", db_default="")
    sent_at = models.DateTimeField(_("đã gửi lúc"), null=True)
    ended_at = models.DateTimeField(_("xong lúc"), null=True)

    class Meta:
        verbose_name = _("lượt gửi")
        verbose_name_plural = _("Lượt gửi")
        constraints = [
            # C1; and all turns of a member: what they got lately, when their last gift was
            models.UniqueConstraint(
                fields=["member", "campaign", "position", "trigger_key"], name="a_turn_comes_once_for_an_occasion"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["due", "sending", "sent", "failed", "skipped", "held_out", "unknown"]),
                name="turn_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["due", "sending"], ended_at__isnull=True)
                | (~Q(state__in=["due", "sending"]) & Q(ended_at__isnull=False)),
                name="a_turn_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["skipped", "failed", "unknown"]) | ~Q(reason=""), name="an_ended_turn_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "sent", "unknown"])
                | (Q(sent_at__isnull=False) & ~Q(channel="") & ~Q(language="")),
                name="a_sent_turn_says_when_and_where",
            ),
        ]
        indexes = [
            # dispatching: what is due in a running campaign
            models.Index(fields=["campaign", "due_at"], condition=Q(state="due"), name="turn_due"),
            # dispatching: what was being sent when its worker died
            models.Index(fields=["claimed_until"], condition=Q(state="sending"), name="turn_sending"),
            # the dashboard: a campaign's turns by state, newest first, and their counts
            models.Index(fields=["campaign", "position", "state", "-id"], name="turns_of_a_campaign"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}.{self.position} {self.trigger_key}"

    @property
    def key(self) -> str:
        """How the provider knows this message: the same for every try."""
        return f"turn:{self.pk}"
