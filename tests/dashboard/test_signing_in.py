import re
import time

import pyotp
import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from dashboard import access, demo, signing_in
from events import clock
from members.models import Guess, User
from tests.dashboard.conftest import PASSWORD, hire, second_factor_of

LOGIN = "/accounts/login/"
CODE = "/accounts/2fa/authenticate/"


def give_password(client: Client, name: str, password: str = PASSWORD):
    return client.post(LOGIN, {"login": name, "password": password})


def secret_of(user: User) -> str:
    return signing_in.SecondFactorAdapter().decrypt(second_factor_of(user).data["secret"])


def test_staff_sign_in_with_a_password_and_a_code(client, staff):
    answer = give_password(client, "hà")
    assert answer["Location"] == CODE
    assert client.get("/admin/").status_code == 302, "the password alone opens nothing"

    answer = client.post(CODE, {"code": pyotp.TOTP(secret_of(staff[access.ADMIN])).now()})
    assert answer["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_the_admins_own_login_page_is_never_shown(client, shop):
    answer = client.get("/admin/login/", follow=False)
    assert answer["Location"].startswith(LOGIN)


def test_staff_without_a_second_factor_are_led_to_set_one_up(client, shop):
    client.force_login(hire("hà", access.ADMIN, second_factor=False))
    for page in ("/admin/", reverse("admin:loyalty_purchase_changelist"), reverse("admin:history")):
        assert client.get(page)["Location"] == reverse("mfa_activate_totp")


def test_a_cashier_has_no_page_here(client, staff):
    client.force_login(staff[access.CASHIER])
    assert client.get("/admin/", follow=True).status_code == 403


def test_staff_whose_role_was_taken_away_have_no_page_here(client, staff):
    staff[access.MARKETER].groups.clear()
    client.force_login(User.objects.get(username="quân"))
    assert client.get("/admin/", follow=True).status_code == 403


def test_nobody_signs_up(client, shop):
    assert client.get("/accounts/signup/").status_code == 404


def test_guesses_at_a_password_end_even_with_the_right_one_and_an_emptied_cache(client, staff):
    for number in range(signing_in.PER_NAME):
        assert "Sai quá nhiều lần" not in give_password(client, "hà", f"wrong {number}").content.decode()
    cache.clear()

    answer = give_password(Client(), "hà")
    assert answer.status_code == 200
    assert "Sai quá nhiều lần" in answer.content.decode()


def test_spelling_a_name_otherwise_gives_no_new_guesses(client, staff):
    for number in range(signing_in.PER_NAME):
        give_password(client, " HÀ " if number % 2 else "hà", "wrong")
    assert "Sai quá nhiều lần" in give_password(client, "hà").content.decode()


def test_guesses_at_many_names_end_per_address(client, staff, monkeypatch):
    monkeypatch.setattr(signing_in, "PER_ADDRESS", 6)
    for number in range(6):
        give_password(client, f"name {number}", "wrong")
    assert "Sai quá nhiều lần" in give_password(client, "hà").content.decode()


def test_a_right_password_forgives_the_slips_before_it(client, staff):
    give_password(client, "hà", "wrong")
    give_password(client, "hà")
    assert Guess.objects.count() == 1, "the slip still counts for the address"


def test_guesses_at_a_code_end(client, staff):
    give_password(client, "hà")
    right = pyotp.TOTP(secret_of(staff[access.ADMIN])).now()
    for _try in range(signing_in.PER_CODE):
        client.post(CODE, {"code": "000000" if right != "000000" else "111111"})

    answer = client.post(CODE, {"code": right})
    assert "Sai quá nhiều lần" in answer.content.decode()
    assert client.get("/admin/").status_code == 302


def test_a_code_opens_as_long_as_it_is_right_and_only_once_even_with_an_emptied_cache(client, staff):
    app = pyotp.TOTP(secret_of(staff[access.ADMIN]))
    typed_late = app.at(time.time() - 30)
    give_password(client, "hà")
    assert client.post(CODE, {"code": typed_late})["Location"] == "/admin/"

    cache.clear()
    stranger = Client()
    give_password(stranger, "hà")
    assert "Mã này đã dùng rồi" in stranger.post(CODE, {"code": typed_late}).content.decode()
    assert stranger.post(CODE, {"code": app.at(time.time() - 90)}).status_code == 200, "that one is over"
    assert stranger.get("/admin/").status_code == 302


def test_guesses_are_forgotten_after_their_time(client, staff, clock):
    for _try in range(signing_in.PER_NAME):
        give_password(client, "hà", "wrong")
    clock.forward(minutes=16)
    assert give_password(client, "hà")["Location"] == CODE


def test_the_secret_of_an_app_is_not_kept_in_the_clear(staff):
    kept = second_factor_of(staff[access.ADMIN]).data["secret"]
    assert kept != secret_of(staff[access.ADMIN])


def test_demo_sign_ins_work_and_are_shown_once(client, shop, lan):
    made = demo.create_sign_ins(at=clock.now())

    assert set(made) >= {"admin", "marketer", "cashier", "api_key", "api_test_key"}
    assert made["api_key"].startswith("lp_live_")
    assert made["api_test_key"].startswith("lp_test_")
    assert re.fullmatch(r"[0-9]{4,6}", made["cashier"]["pin"])
    assert made["cashier"]["device_token"]
    give_password(client, "admin", made["admin"]["password"])
    client.post(CODE, {"code": pyotp.TOTP(made["admin"]["totp_secret"]).now()})
    assert client.get("/admin/").status_code == 200
    assert Group.objects.filter(user__username="marketer", name=access.MARKETER).exists()


@pytest.mark.parametrize("page", [LOGIN, "/accounts/2fa/totp/activate/", "/accounts/password/", "/accounts/2fa/"])
def test_account_pages_bear_the_shops_name_and_the_admins_policy(client, staff, page):
    if page != LOGIN:
        give_password(client, "hà")
        client.post(CODE, {"code": pyotp.TOTP(secret_of(staff[access.ADMIN])).now()})
    answer = client.get(page, follow=True)
    assert "Cà phê Phố" in answer.content.decode()
    assert "'unsafe-eval'" in answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
