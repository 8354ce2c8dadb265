"""The three campaigns every shop begins with: a welcome, a birthday gift, a word to those who have stayed away.

They stand still until somebody starts them (`steering.start`); the demo starts them at once. Staff change texts, days
and gifts in the dashboard; what is there already is left as it is.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from campaigns import limits, steering
from campaigns.models import Campaign, CampaignStep, FakeBehaviour, MessageClass
from campaigns.models.campaign import OUTWARD

WELCOME, BIRTHDAY, WINBACK = "welcome", "birthday", "winback"

CAMPAIGNS: tuple[dict[str, Any], ...] = (
    {
        "key": WELCOME,
        "name_vi": "Chào mừng thành viên mới",
        "name_en": "Welcome to new members",
        "trigger": Campaign.Trigger.JOINED,
    },
    {
        "key": BIRTHDAY,
        "name_vi": "Quà sinh nhật",
        "name_en": "Birthday gift",
        "trigger": Campaign.Trigger.BIRTHDAY,
        "days_before": 7,
    },
    {
        "key": WINBACK,
        "name_vi": "Mời khách quay lại",
        "name_en": "Win back",
        "trigger": Campaign.Trigger.SILENCE,
        "silence_days": 60,
        "silence_at_most_days": 120,
    },
)

STEPS: tuple[dict[str, Any], ...] = (
    {
        "campaign": WELCOME,
        "position": 1,
        "message_class": MessageClass.SERVICE,
        "voucher": "welcome",
        "channels": ["email", "sms"],
        "subject_vi": "{{ honorific | capitalize }} {{ call_name }} ơi, {{ shop_name }} có quà chào mừng",
        "body_vi": (
            "Chào {{ honorific }} {{ call_name }},\n\n"
            "Cảm ơn {{ honorific }} đã trở thành thành viên của {{ shop_name }}. Mỗi lần mua, {{ honorific }} chỉ cần "
            "đọc số điện thoại là được tích {{ unit }}.\n\n"
            "{{ shop_name }} gửi {{ honorific }} một món quà: {{ voucher_name }}, {{ voucher_value }}.\n"
            "Mã: {{ voucher_code }}\n"
            "Dùng đến hết ngày {{ voucher_expires }}.\n\n"
            "Hẹn sớm gặp lại {{ honorific }}!"
        ),
        "short_vi": (
            "Chào {{ honorific }} {{ call_name }}, cảm ơn đã là thành viên. "
            "Quà chào mừng: mã {{ voucher_code }}, dùng đến {{ voucher_expires }}."
        ),
        "subject_en": "{{ call_name }}, a welcome gift from {{ shop_name }}",
        "body_en": (
            "Dear {{ honorific }} {{ call_name }},\n\n"
            "Thank you for becoming a member of {{ shop_name }}. Just tell us your phone number with each purchase and "
            "your {{ unit }} add up.\n\n"
            "Here is a gift for you: {{ voucher_name }}, {{ voucher_value }}.\n"
            "Code: {{ voucher_code }}\n"
            "Yours to use until {{ voucher_expires }}.\n\n"
            "See you soon!"
        ),
        "short_en": (
            "Dear {{ honorific }} {{ call_name }}, thank you for joining. "
            "Your welcome gift: code {{ voucher_code }}, until {{ voucher_expires }}."
        ),
    },
    {
        "campaign": BIRTHDAY,
        "position": 1,
        "message_class": MessageClass.SERVICE,
        "voucher": "birthday",
        "channels": ["email", "sms"],
        "subject_vi": "Mừng sinh nhật {{ honorific }} {{ call_name }}!",
        "body_vi": (
            "{{ honorific | capitalize }} {{ call_name }} thân mến,\n\n"
            "Nhân dịp sinh nhật, {{ shop_name }} chúc {{ honorific }} thật nhiều sức khỏe, niềm vui và những ngày "
            "thảnh thơi bên người mình thương.\n\n"
            "Món quà nhỏ dành riêng cho {{ honorific }}: {{ voucher_name }}, {{ voucher_value }}.\n"
            "Mã: {{ voucher_code }}\n"
            "Dùng đến hết ngày {{ voucher_expires }}.\n\n"
            "{{ shop_name }} mong được đón {{ honorific }} trong những ngày này."
        ),
        "short_vi": (
            "Mừng sinh nhật {{ honorific }} {{ call_name }}! "
            "Quà của {{ honorific }}: mã {{ voucher_code }}, dùng đến {{ voucher_expires }}."
        ),
        "subject_en": "Happy birthday, {{ honorific }} {{ call_name }}!",
        "body_en": (
            "Dear {{ honorific }} {{ call_name }},\n\n"
            "All of us at {{ shop_name }} wish you a very happy birthday: good health, joy and quiet days with the "
            "people you love.\n\n"
            "A small gift, just for you: {{ voucher_name }}, {{ voucher_value }}.\n"
            "Code: {{ voucher_code }}\n"
            "Yours to use until {{ voucher_expires }}.\n\n"
            "We would love to see you in these days."
        ),
        "short_en": (
            "Happy birthday, {{ honorific }} {{ call_name }}! "
            "Your gift: code {{ voucher_code }}, until {{ voucher_expires }}."
        ),
    },
    {
        "campaign": WINBACK,
        "position": 1,
        "message_class": MessageClass.ADVERTISING,
        "channels": ["email", "sms"],
        "subject_vi": "{{ honorific | capitalize }} {{ call_name }} ơi, lâu rồi chưa gặp",
        "body_vi": (
            "Chào {{ honorific }} {{ call_name }},\n\n"
            "Lâu rồi {{ shop_name }} chưa được đón {{ honorific }}. Dạo này {{ honorific }} khỏe không?\n\n"
            "{{ honorific | capitalize }} đang có {{ points }} {{ unit }}; lần tới ghé, {{ honorific }} dùng ngay tại "
            "quầy được nhé. Nếu lần trước có điều gì chưa vừa ý, {{ honorific }} chỉ cần trả lời thư này, chúng tôi "
            "luôn muốn nghe."
        ),
        "short_vi": (
            "Chào {{ honorific }} {{ call_name }}, lâu rồi chưa gặp! {{ honorific | capitalize }} còn {{ points }} "
            "{{ unit }}, ghé {{ shop_name }} dùng nhé."
        ),
        "subject_en": "{{ call_name }}, it has been a while",
        "body_en": (
            "Dear {{ honorific }} {{ call_name }},\n\n"
            "It has been a while since we saw you at {{ shop_name }}. How have you been?\n\n"
            "You have {{ points }} {{ unit }}; spend them at the till on your next visit. And if something was not "
            "to your liking last time, just answer this e-mail: we want to hear it."
        ),
        "short_en": (
            "Dear {{ honorific }} {{ call_name }}, it has been a while! You have {{ points }} {{ unit }} to spend at "
            "{{ shop_name }}."
        ),
    },
    {
        "campaign": WINBACK,
        "position": 2,
        "after_days": 14,
        "message_class": MessageClass.ADVERTISING,
        "voucher": "winback",
        "channels": ["email", "sms"],
        "subject_vi": "Quà mời {{ honorific }} {{ call_name }} quay lại",
        "body_vi": (
            "{{ honorific | capitalize }} {{ call_name }} thân mến,\n\n"
            "{{ shop_name }} vẫn giữ chỗ quen cho {{ honorific }}, và gửi {{ honorific }} một món quà để lần ghé tới "
            "thêm vui: {{ voucher_value }}.\n\n"
            "Mã: {{ voucher_code }}\n"
            "Dùng đến hết ngày {{ voucher_expires }}.\n\n"
            "Mong sớm gặp lại {{ honorific }}!"
        ),
        "short_vi": (
            "{{ honorific | capitalize }} {{ call_name }} ơi, quà mời quay lại: mã {{ voucher_code }}, "
            "dùng đến {{ voucher_expires }}."
        ),
        "subject_en": "A gift to bring you back, {{ call_name }}",
        "body_en": (
            "Dear {{ honorific }} {{ call_name }},\n\n"
            "Your usual place at {{ shop_name }} is still yours, and here is a gift to make your next visit a happy "
            "one: {{ voucher_value }}.\n\n"
            "Code: {{ voucher_code }}\n"
            "Yours to use until {{ voucher_expires }}.\n\n"
            "We hope to see you soon!"
        ),
        "short_en": (
            "Dear {{ honorific }} {{ call_name }}, a gift to bring you back: code {{ voucher_code }}, "
            "until {{ voucher_expires }}."
        ),
    },
)


@transaction.atomic
def found() -> list[Campaign]:
    """Creates the campaigns that are absent, with their steps, standing still; changes nothing that is there."""
    limits.policy()
    for channel in OUTWARD:
        FakeBehaviour.objects.get_or_create(channel=channel)
    for campaign in CAMPAIGNS:
        made, is_new = Campaign.objects.get_or_create(key=campaign["key"], defaults=campaign)
        if is_new:
            for step in STEPS:
                if step["campaign"] == made.key:
                    CampaignStep.objects.create(**{**step, "campaign": made})
    return list(Campaign.objects.order_by("id"))


def start_all(*, at: datetime) -> None:
    """Lets every campaign run, from now on: what happened before brings nobody a turn."""
    for campaign in Campaign.objects.all():
        steering.start(campaign_id=campaign.pk, at=at)
