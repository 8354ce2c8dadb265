"""What a text of staff may hold, and how it reads when it is filled in."""

import pytest

from campaigns import composing, founding, wording
from campaigns.channels import letters
from campaigns.channels.letters import Letter
from campaigns.models import CampaignStep
from campaigns.wording import FieldUnknown, Text, TextUnreadable
from events.refusals import Refusal
from members import identifying
from tests.campaigns.conftest import sent_to, turn_of

FIELDS = dict.fromkeys(wording.FIELDS, "Lan")


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in (1..100000000) %}x{% endfor %}",
        "{% if call_name %}x{% endif %}",
        "{%- assign x = 1 -%}",
        "{% include 'settings' %}",
        "{% raw %}{{ name }}{% endraw %}",
        "{% liquid echo name %}",
        "{{ name.__class__ }}",
        "{{ name[0] }}",
        "{{ name | append: name }}",
        "{{ name | truncate: 5 }}",
        "{{ 'name' }}",
        "{{ (1..9) }}",
        "{{ name if name else points }}",
        "{{ name",
        "{{ }}",
    ],
)
def test_a_text_that_loops_or_peeks_is_refused(text):
    with pytest.raises(TextUnreadable):
        wording.check(text, voucher=True)


@pytest.mark.parametrize("field", ["phone", "password", "settings", "Name", "voucher"])
def test_a_field_that_is_not_on_the_list_is_refused(field):
    with pytest.raises(FieldUnknown) as refused:
        wording.check(f"{{{{ {field} }}}}", voucher=True)
    assert refused.value.details == {"field": field}


def test_a_voucher_is_spoken_of_only_where_one_is_given():
    wording.check("Mã {{ voucher_code }}", voucher=True)
    with pytest.raises(FieldUnknown):
        wording.check("Mã {{ voucher_code }}", voucher=False)


def test_what_a_name_holds_is_shown_and_never_read():
    fields = {**FIELDS, "name": "{{ points }} {% for %} <script>"}
    assert wording.fill("Chào {{ name }}!", fields) == "Chào {{ points }} {% for %} <script>!"


def test_an_empty_form_of_address_leaves_no_gap():
    assert wording.fill("Dear {{ honorific }} {{ call_name }}", {**FIELDS, "honorific": ""}) == "Dear Lan"


def test_every_text_the_shop_begins_with_can_be_sent(shop):
    for step in CampaignStep.objects.all():
        for language in wording.LANGUAGES:
            for kind in wording.TEXTS:
                wording.check(getattr(step, f"{kind}_{language}"), voucher=bool(step.voucher))
            fields = {name: FIELDS[name] for name in wording.FIELDS if step.voucher or "voucher" not in name}
            text = wording.of_step(step, language=language, fields=fields)
            assert "{" not in text.subject + text.body + text.short


def test_a_member_is_addressed_in_their_language_and_manner(shop):
    lan = shop.reachable()
    paul = shop.member("Paul Smith", locale="en", gender="male", email="paul@example.com")
    hoa = shop.member("Trần Thị Hoa", honorific="cô", call_name="Ba Hoa", email="hoa@example.com")
    for member in (lan, paul, hoa):
        shop.welcome(member)
    shop.dispatch()
    said = {member: sent_to(member)[0] for member in (lan, paul, hoa)}
    assert said[lan].body.startswith("Chào chị Lan,\n\nCảm ơn chị đã trở thành thành viên của Cà phê Phố.")
    assert said[lan].subject == "Chị Lan ơi, Cà phê Phố có quà chào mừng"
    assert "một món quà: Quà chào mừng, giảm 20.000\xa0₫ cho hóa đơn từ 50.000\xa0₫.\n" in said[lan].body
    assert "Dùng đến hết ngày 20/12/2026." in said[lan].body
    assert said[paul].body.startswith("Dear Mr Smith,")
    assert "Welcome gift, ₫20,000 off a bill of ₫50,000 or more.\n" in said[paul].body
    assert "until 20 Dec 2026" in said[paul].body
    assert said[hoa].body.startswith("Chào cô Ba Hoa,")
    assert turn_of(paul).language == "en"


def test_a_percentage_is_told_with_its_cap(shop):
    hoa = shop.born(24, 11, email="hoa@example.com")
    shop.night()
    shop.dispatch()
    assert "Quà sinh nhật, giảm 20 %, nhiều nhất 50.000\xa0₫.\n" in sent_to(hoa)[0].body


def test_points_are_told_as_they_stand(shop):
    lan = shop.reachable()
    shop.sell(shop.bill(12_340_000), lan)
    shop.winback(lan)
    shop.dispatch()
    assert "Chị đang có 1.234 điểm" in sent_to(lan)[0].body


def test_a_preview_reads_as_the_message_would_and_issues_nothing(shop):
    lan = shop.reachable()
    step = CampaignStep.objects.get(campaign__key=founding.WELCOME)
    text = composing.sample(step=step, member=lan, language="en", at=shop.at)
    assert text.body.startswith("Dear Ms Lan,")
    assert "XXXX" in text.body


def test_a_voucher_field_without_a_voucher_is_refused_at_sending_too(shop):
    step = CampaignStep.objects.get(campaign__key=founding.WELCOME)
    step.voucher = ""
    with pytest.raises(Refusal):
        composing.message(step=step, member=shop.member(), voucher_id=None, at=shop.at)


# --- SMS -------------------------------------------------------------------------------------------------------------


def test_advertising_by_sms_is_labelled_and_says_how_to_refuse(shop):
    CampaignStep.objects.update(channels=["sms"])
    lan = shop.reachable()
    shop.winback(lan)
    shop.dispatch()
    body = sent_to(lan)[0].body
    assert body.startswith("[QC] CAPHEPHO: Chao chi Lan, lau roi chua gap!")
    assert "Tu choi nhan tin: http://localhost:8000/u/" in body
    assert body.isascii()
    assert letters.segments(body) == 2


def test_service_by_sms_has_no_label(shop):
    CampaignStep.objects.update(channels=["sms"])
    lan = shop.reachable()
    shop.welcome(lan)
    shop.dispatch()
    body = sent_to(lan)[0].body
    assert body.startswith("CAPHEPHO: Chao chi Lan, cam on da la thanh vien.")
    assert body.isascii()
    assert letters.segments(body) == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("ạ" * 70, 1), ("ạ" * 71, 2), ("€" * 81, 2)],
)
def test_an_sms_is_counted_as_it_is_paid(text, count):
    assert letters.segments(text) == count


def test_accents_are_stripped_and_capitals_kept():
    assert identifying.without_marks("Đặng Thị Ánh Nguyệt, 50 ₫") == "Dang Thi Anh Nguyet, 50 d"


# --- e-mail ----------------------------------------------------------------------------------------------------------


def test_an_email_has_both_ways_out_and_shows_a_name_as_text(shop):
    lan = shop.member("<script>alert(1)</script>", email="lan@example.com")
    letter = Letter(
        member=lan, message_class="advertising", language="vi", brand="CUAHANG", shop="Cà phê Phố",
        text=Text(subject="Chào", body="Chào <script>alert(1)</script>\n\nHẹn gặp", short=""),
    )  # fmt: skip
    out = letters.pack(letter, key="turn:1", channel="email", address="lan@example.com", at=shop.at)
    assert "<script>" not in out.html
    assert "&lt;script&gt;" in out.html
    link = out.headers["List-Unsubscribe"].strip("<>")
    assert link.startswith("http://localhost:8000/u/")
    assert link in out.html
    assert link in out.text
    assert out.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
