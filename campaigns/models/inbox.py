from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import MessageClass
from campaigns.models.turn import Turn
from members.models import Member


class InboxMessage(models.Model):
    """One message in a member's portal inbox, written with the decision to send it.

    A voucher's code is never stored: the text holds `wording.CODE_PLACE` where the portal shows it.
    """

    turn = models.OneToOneField(Turn, primary_key=True, on_delete=models.PROTECT, related_name="inbox")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, db_index=False, related_name="+")
    message_class = models.TextField(_("loại tin"), choices=MessageClass.choices)
    language = models.TextField(_("ngôn ngữ"))
    subject = models.TextField(_("tiêu đề"))
    body = models.TextField(_("nội dung"))
    voucher_id = models.UUIDField(null=True)
    at = models.DateTimeField(_("lúc"))
    read_at = models.DateTimeField(_("đọc lúc"), null=True)

    class Meta:
        indexes = [
            # a member's inbox, newest first
            models.Index(fields=["member", "-at"], name="inbox_of_a_member")
        ]

    def __str__(self) -> str:
        return f"{self.turn_id}"
