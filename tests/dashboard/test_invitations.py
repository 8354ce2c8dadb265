"""An admin invites, the invited chooses name and password, and is led to the second factor."""

import re

from django.test import Client
from django.urls import reverse

from campaigns import codes
from campaigns.models import CodeMessage, FakeMessage
from dashboard import access
from dashboard import trail as reading
from events import clock
from members import inviting
from members.models import StaffInvitation, User

ADD = "/admin/members/staffinvitation/add/"
SAID = {"last_name": "Lê Thị", "first_name": "Mai", "username": "maile", "password": "cà phê trứng 26"}
SAID |= {"again": SAID["password"]}


def invite(browser, **told):
    return browser.post(ADD, {"name": "Mai", "email": "", "role": access.MARKETER, "language": "vi", **told})


def link_of(page) -> str:
    link = re.search(r'id="invitation-link"[^>]*value="([^"]+)"', page.content.decode())[1]
    assert "no-store" in page["Cache-Control"]
    return "/" + link.split("/", 3)[3]


def test_an_invited_person_chooses_a_password_and_is_led_to_the_second_factor(admin, shop):
    link = link_of(invite(admin, role=access.MANAGER, store_ids=[shop.pk]))
    mai = Client()
    assert "cửa hàng trưởng" in mai.get(link).content.decode()
    answer = mai.post(link, SAID)
    assert answer["Location"] == reverse("mfa_activate_totp")
    assert mai.get(answer["Location"]).status_code == 200, "without asking for the password again"
    assert mai.get("/admin/")["Location"] == reverse("mfa_activate_totp"), "and nothing opens before"
    made = User.objects.get(username="maile")
    assert made.store_ids == [shop.pk] and made.groups.get().name == access.MANAGER


def test_a_link_that_is_of_no_use_answers_alike_whatever_it_was(admin, shop, clock):
    used, revoked, late = (link_of(invite(admin)) for _ in range(3))
    Client().post(used, SAID)
    inviting.revoke(
        invitation_id=StaffInvitation.objects.order_by("id")[1].pk, at=StaffInvitation.objects.first().made_at
    )
    unknown = re.sub("[^/]+$", "nothing-of-ours", used)
    clock.forward(hours=73)
    answers = [Client().get(link) for link in (used, revoked, late, unknown)]
    answers += [Client().post(link, SAID | {"username": "x"}) for link in (used, revoked, late, unknown)]
    said = {
        re.sub(r'name="csrfmiddlewaretoken" value="\w+"|/accounts/invitation/[\w-]+', "", a.content.decode())
        for a in answers
    }
    assert {answer.status_code for answer in answers} == {404}
    assert len(said) == 1
    assert not User.objects.filter(username="x").exists()


def test_the_e_mail_is_sent_in_the_language_of_the_invited_and_then_forgotten(admin, shop):
    for language, words in (("vi", "trong 72 giờ"), ("en", "within 72 hours")):
        page = invite(admin, email=f"{language}@pho.vn", language=language)
        message = CodeMessage.objects.get(address=f"{language}@pho.vn")
        assert words in message.text and link_of(page) in message.text
        codes.send(id=message.pk, at=clock.now())
        assert link_of(page) in FakeMessage.objects.get(address=f"{language}@pho.vn").body
        message.refresh_from_db()
        assert message.text == ""


def test_weak_and_mistyped_passwords_and_names_of_others_are_said_in_the_form(admin, shop, staff):
    link = link_of(invite(admin))
    for wrong, words in (
        ({"password": "12345678", "again": "12345678"}, "phổ biến"),
        ({"again": "something else"}, "không giống nhau"),
        ({"username": "Hà"}, "đã có người dùng"),
        ({"first_name": ""}, "bắt buộc"),
    ):
        page = Client().post(link, SAID | wrong)
        assert page.status_code == 200 and words in page.content.decode(), wrong
    assert not User.objects.filter(username="maile").exists()


def test_an_invitation_is_sent_again_taken_back_and_each_step_stands_in_the_audit_trail(admin, shop):
    first = link_of(invite(admin))
    pk = StaffInvitation.objects.get().pk
    asked = admin.get(f"/admin/members/staffinvitation/{pk}/send_again/")
    assert asked.status_code == 200 and Client().get(first).status_code == 200, "asking alone changes nothing"
    second = link_of(admin.post(f"/admin/members/staffinvitation/{pk}/send_again/"))
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    admin.post(f"/admin/members/staffinvitation/{pk}/revoke/")
    assert Client().get(second).status_code == 404
    lines = trail()
    assert [line.did for line in lines] == ["sửa", "sửa", "thêm"]
    assert {line.who for line in lines} == {"hà"}
    assert "thu hồi lúc" in lines[0].changes and "hết hạn" in lines[1].changes


def test_the_audit_trail_says_who_accepted(admin, shop):
    Client().post(link_of(invite(admin)), SAID)
    newest = trail()[0]
    assert "nhận lời lúc" in newest.changes and newest.who == "Lê Thị Mai"


def trail():
    lines, _more = reading.read(reading.Asked(noun="members.staffinvitation"), limit=9)
    return lines
