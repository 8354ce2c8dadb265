"""The first words a shop asks its customers to agree to: one text per purpose, each given or refused on its own.

With them begin the times in which cases are answered, and the reasons they are closed with.
"""

from datetime import UTC, datetime

from members import terms as programme_terms
from members.models import ConsentText, Purpose
from members.relationship import terms

# Consents brought over from an older system are older than this platform; the founding texts may be named by them.
SINCE_EVER = datetime(1970, 1, 1, tzinfo=UTC)

# Law 91/2025: one purpose at a time, said in clear words, nothing ticked beforehand, to be taken back at any time.
TEXTS = (
    (
        "programme-1",
        Purpose.PROGRAMME,
        (
            "Tôi đồng ý cho cửa hàng lưu họ tên, số điện thoại, ngày sinh (nếu tôi cho biết) và các hóa đơn của tôi để "
            "tích điểm, xét hạng và trả quyền lợi của chương trình thành viên. Tôi có thể xem, sửa, nhận bản sao hoặc "
            "yêu cầu xóa dữ liệu này, và rút lại sự đồng ý bất cứ lúc nào; khi rút lại, tôi rời chương trình."
        ),
        (
            "I agree that the shop keeps my name, phone number, birthday (if I tell it) and my bills in order to give "
            "me points, a tier and the benefits of the members' programme. I may see, correct, copy or have erased "
            "these data, and take my consent back at any time; by doing so I leave the programme."
        ),
    ),
    (
        "marketing-1",
        Purpose.MARKETING,
        (
            "Tôi đồng ý nhận tin ưu đãi và quảng cáo của cửa hàng qua kênh tôi chọn, tối đa 3 tin trong 24 giờ. "
            "Tôi có thể từ chối nhận tin bất cứ lúc nào, miễn phí, và vẫn giữ nguyên điểm và hạng."
        ),
        (
            "I agree to receive offers and advertising of the shop on the channel I choose, at most 3 messages in 24 "
            "hours. I may refuse them at any time, free of charge, and keep my points and tier."
        ),
    ),
    (
        "profiling-1",
        Purpose.PROFILING,
        (
            "Tôi đồng ý cho cửa hàng phân tích các lần mua của tôi để gợi ý món và ưu đãi hợp với tôi hơn. Không có "
            "quyết định nào chỉ do máy đưa ra làm thiệt cho tôi. Tôi có thể rút lại bất cứ lúc nào "
            "và vẫn giữ nguyên điểm và hạng."
        ),
        (
            "I agree that the shop studies my purchases in order to suggest products and offers that suit me better. "
            "No decision to my disadvantage is taken by a machine alone. I may take this back at any time and keep my "
            "points and tier."
        ),
    ),
    (
        "voice-1",
        Purpose.VOICE,
        (
            "Tôi đồng ý cho cửa hàng đăng lời giới thiệu này cùng tên gọi tôi ký bên dưới trên trang thành viên và tại "
            "cửa hàng. Lời của tôi chỉ được đăng sau khi cửa hàng duyệt, không bị sửa chữ. Tôi có thể yêu cầu gỡ bất "
            "cứ lúc nào và vẫn giữ nguyên điểm và hạng."
        ),
        (
            "I agree that the shop publishes this recommendation with the name I sign it with, on the members' pages "
            "and in its stores. My words appear only after the shop has approved them, and unchanged. I may have them "
            "taken down at any time and keep my points and tier."
        ),
    ),
)


def found(*, at: datetime) -> list[ConsentText]:
    """Make sure there is a text for each purpose by the moment `at`, and terms for cases; what is there stays."""
    for code, purpose, body_vi, body_en in TEXTS:
        if not ConsentText.objects.filter(purpose=purpose, valid_from__lte=at).exists():
            ConsentText.objects.get_or_create(
                code=code,
                defaults={"purpose": purpose, "body_vi": body_vi, "body_en": body_en, "valid_from": SINCE_EVER},
            )
    terms.found()
    programme_terms.found()
    return list(ConsentText.objects.order_by("code"))
