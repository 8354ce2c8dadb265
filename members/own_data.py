"""What floor 1 knows of a member, for `members.exporting`."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from members import exporting
from members.exporting import Section
from members.models import (
    Case,
    CaseLine,
    Consent,
    Feedback,
    Identifier,
    Member,
    Note,
    Person,
    SpendingLock,
    SurveyReply,
    Tag,
    TermsAccepted,
    TimelineItem,
    Voice,
)
from members.relationship import forgetting

_PROFILE: dict[str, Any] = {
    "name": _("họ tên"),
    "call_name": _("tên gọi"),
    "honorific": _("xưng hô"),
    "gender": _("giới tính"),
    "birth_day": _("ngày sinh"),
    "birth_month": _("tháng sinh"),
    "birth_year": _("năm sinh"),
    "birth_calendar": _("lịch"),
    "province": _("tỉnh, thành phố"),
    "ward": _("phường, xã"),
    "locale": _("ngôn ngữ"),
    "joined_at": _("ngày tham gia"),
    "joined_via": _("tham gia qua"),
    "joined_source": _("nguồn"),
    "status": _("trạng thái"),
    "contact_person_id": _("mã người phụ trách"),
}
_WHEN = _("lúc")
_WHAT = _("việc")
_WORDS = _("nội dung")


def tell(*, member: Member) -> list[Section]:
    """Profile, identifiers, people, tags, timeline."""
    own = {"member_id": member.pk}
    return [
        exporting.section("profile", _("Hồ sơ"), Member.objects.filter(pk=member.pk), _PROFILE),
        exporting.section(
            "identifiers",
            _("Số điện thoại, thẻ, e-mail"),
            Identifier.objects.filter(**own).order_by("from_at"),
            {
                "kind": _("loại"),
                "value": _("giá trị"),
                "from_at": _("từ"),
                "until_at": _("đến"),
                "verified_at": _("xác nhận lúc"),
            },
        ),
        exporting.section(
            "people",
            _("Người dùng chung tài khoản"),
            Person.objects.filter(**own, until_at__isnull=True).order_by("from_at"),
            {
                "first_name": _("tên gọi"),
                "relation": _("quan hệ"),
                "birth_day": _("ngày sinh"),
                "birth_month": _("tháng sinh"),
                "birth_year": _("năm sinh"),
            },
        ),
        exporting.section(
            "tags",
            _("Nhãn"),
            Tag.objects.filter(**own).order_by("from_at"),
            {"key": _("nhãn"), "from_at": _("từ"), "until_at": _("đến")},
        ),
        exporting.section(
            "timeline",
            _("Dòng thời gian"),
            TimelineItem.objects.filter(**own).order_by("at"),
            {"at": _WHEN, "type": _WHAT, "store_id": _("cửa hàng"), "data": _WORDS},
        ),
    ]


def agreed(*, member: Member) -> list[Section]:
    """Consents with their evidence, the terms accepted, locks."""
    own = {"member_id": member.pk}
    return [
        exporting.section(
            "consents",
            _("Đồng ý"),
            Consent.objects.filter(**own).order_by("at"),
            {
                "purpose": _("mục đích"),
                "channel": _("kênh"),
                "granted": _("đồng ý"),
                "text_id": _("văn bản"),
                "how": _("cách"),
                "at": _WHEN,
                "evidence__text": _("bằng chứng"),
            },
        ),
        exporting.section(
            "terms",
            _("Thể lệ đã chấp nhận"),
            TermsAccepted.objects.filter(**own).order_by("at"),
            {"text_id": _("thể lệ"), "how": _("cách"), "at": _WHEN},
        ),
        exporting.section(
            "spending_locks",
            _("Khóa dùng điểm"),
            SpendingLock.objects.filter(**own).order_by("at"),
            {"reason": _("lý do"), "at": _("từ"), "until_at": _("đến"), "lifted_at": _("mở khóa lúc")},
        ),
    ]


def said(*, member: Member) -> list[Section]:
    """What passed between the member and the shop in words."""
    own = {"member_id": member.pk}
    return [
        exporting.section(
            "cases",
            _("Phiếu hỗ trợ"),
            Case.objects.filter(**own).order_by("opened_at"),
            {
                "opened_at": _WHEN,
                "kind": _("loại phiếu"),
                "subject": _("tiêu đề"),
                "words": _WORDS,
                "state": _("trạng thái"),
            },
        ),
        exporting.section(
            "case_lines",
            _("Trao đổi trong phiếu hỗ trợ"),
            CaseLine.objects.filter(case__member_id=member.pk).exclude(text="").order_by("at"),
            {"at": _WHEN, "kind": _WHAT, "text": _WORDS},
        ),
        exporting.section(
            "notes",
            _("Ghi chú của cửa hàng"),
            Note.objects.filter(**own, removed_at__isnull=True).order_by("at"),
            {"at": _WHEN, "text": _WORDS},
        ),
        exporting.section(
            "feedback",
            _("Góp ý"),
            Feedback.objects.filter(**own).order_by("at"),
            {"at": _WHEN, "score": _("điểm 0–10"), "comment": _WORDS},
        ),
        exporting.section(
            "survey_replies",
            _("Trả lời khảo sát"),
            SurveyReply.objects.filter(**own).order_by("at"),
            {"at": _WHEN, "answers": _("trả lời"), "words": _WORDS},
        ),
        exporting.section(
            "voices",
            _("Lời giới thiệu"),
            Voice.objects.filter(**own).order_by("pk"),
            {"text": _WORDS, "signed": _("ký tên")},
        ),
    ]


def forget(*, member: Member) -> None:
    """Blanks what passed between them in words (`members.relationship`); the member's own rows are `erasing`'s."""
    forgetting.forget(member_id=member.pk)
