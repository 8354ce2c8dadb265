"""What was sent to a member: for `members.exporting`, and blanked by `members.erasing`."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import CodeMessage, FakeMessage, InboxMessage, Suppression, Turn
from members import exporting
from members.exporting import Section
from members.models import Identifier, Member


def tell(*, member: Member) -> list[Section]:
    return [
        exporting.section(
            "messages",
            _("Tin đã gửi"),
            Turn.objects.filter(member_id=member.pk).order_by("enrolled_at"),
            {
                "enrolled_at": _("tính lúc"),
                "state": _("trạng thái"),
                "reason": _("lý do"),
                "channel": _("kênh"),
                "sent_at": _("đã gửi lúc"),
            },
        ),
        exporting.section(
            "inbox",
            _("Thông báo"),
            InboxMessage.objects.filter(member_id=member.pk).order_by("at"),
            {"at": _("lúc"), "subject": _("tiêu đề"), "body": _("nội dung"), "read_at": _("đọc lúc")},
        ),
    ]


def forget(*, member: Member) -> None:
    """Texts and addresses of what was sent; when it was sent stays. Runs before the identifiers are blanked."""
    InboxMessage.objects.filter(member_id=member.pk).update(subject="", body="")
    named = Identifier.objects.filter(member_id=member.pk).exclude(value="")
    addresses = list(named.values_list("value", flat=True))
    of_codes = CodeMessage.objects.filter(Q(member_id=member.pk) | Q(address__in=addresses))
    of_codes.filter(state=CodeMessage.State.DUE).update(state=CodeMessage.State.FAILED, reason="erased", text="")
    of_codes.update(address="")
    FakeMessage.objects.filter(address__in=addresses).update(address="", subject="", body="", headers={})
    for row in Suppression.objects.filter(address__in=addresses):
        # without the address it keeps nothing from going anywhere, and nothing can go: it only tells that it was
        Suppression.objects.filter(pk=row.pk).update(address=f"erased:{row.pk}")
