"""Who lost the telephone comes in with a recovery code, once each; who lost those too asks an admin."""

import re

import pyotp
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.test import Client
from django.urls import reverse

from dashboard import access, signing_in
from tests.dashboard.conftest import PASSWORD, hire
from tests.dashboard.test_signing_in import CODE, LOGIN, give_password, secret_of


def sign_in(name: str, code: str) -> tuple[Client, object]:
    client = Client()
    give_password(client, name)
    return client, client.post(CODE, {"code": code})


def codes_of(client: Client) -> list[str]:
    """What the page of codes shows; nothing once they have been seen."""
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    shown = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    return shown[1].split() if shown else []


def test_a_recovery_code_lets_its_owner_in_once(staff):
    client, _answer = sign_in("hà", pyotp.TOTP(secret_of(staff[access.ADMIN])).now())
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_generate_recovery_codes"))
    codes = codes_of(client)
    assert len(codes) == len(set(codes)) == 10
    assert codes_of(client) == [], "they are shown once"

    lost, answer = sign_in("hà", codes[0])
    assert answer["Location"] == "/admin/"
    assert lost.get("/admin/").status_code == 200

    stranger, answer = sign_in("hà", codes[0])
    assert answer.status_code == 200, "it is spent"
    assert stranger.get("/admin/").status_code == 302
    assert sign_in("hà", codes[1])[1]["Location"] == "/admin/", "the others are not"

    client.post(reverse("mfa_generate_recovery_codes"))
    assert sign_in("hà", codes[2])[1].status_code == 200, "new codes end the old ones"
    assert sign_in("hà", codes_of(client)[0])[1]["Location"] == "/admin/"


def test_recovery_codes_are_shown_to_whoever_says_again_who_they_are(staff):
    client = Client()
    client.force_login(staff[access.ADMIN])
    RecoveryCodes.activate(staff[access.ADMIN])
    for page in ("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes"):
        assert client.get(reverse(page))["Location"].startswith(reverse("account_reauthenticate"))


def test_guesses_at_a_recovery_code_end(staff):
    client = Client()
    give_password(client, "hà")
    for number in range(signing_in.PER_CODE):
        client.post(CODE, {"code": f"{number:08d}"})
    assert "Sai quá nhiều lần" in client.post(CODE, {"code": "99999999"}).content.decode()


def test_an_admin_takes_off_a_lost_second_factor_and_the_history_says_who(admin, staff):
    quân = staff[access.MARKETER]
    admin.post(reverse("admin:members_user_forget_second_factor", args=[quân.pk]))
    assert not signing_in.has_second_factor(quân)
    told = " ".join(admin.get(reverse("admin:history")).content.decode().split())
    assert re.search(r"hà.{0,400}gỡ xác thực hai bước.{0,400}nhân viên quân", told)

    client = Client()
    assert give_password(client, "quân")["Location"] == "/admin/"
    assert client.get("/admin/")["Location"] == reverse("mfa_activate_totp"), "led to set up a new one"


def test_somebody_new_is_led_to_a_second_factor_and_then_has_codes(shop):
    hire("hà", access.ADMIN, second_factor=False)
    client = Client()
    client.post(LOGIN, {"login": "hà", "password": PASSWORD})
    setup = client.get("/admin/")["Location"]
    assert setup == reverse("mfa_activate_totp")
    assert client.get(setup, follow=True).status_code == 200
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(setup).status_code == 200
    secret = client.session[SECRET_SESSION_KEY]
    done = client.post(setup, {"code": pyotp.TOTP(secret).now()})
    assert done["Location"] == reverse("mfa_view_recovery_codes"), "the codes are the next thing to see"
    assert len(codes_of(client)) == 10
    assert client.get("/admin/").status_code == 200
