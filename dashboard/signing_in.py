"""How staff sign in: name and password, then a code from an app or a passkey; and how often anybody may guess.

allauth does the work. Its own limits live in the cache, which a restart empties; these stand on `members.guessing`.
"""

import base64
import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pghistory
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from dashboard import language, shell
from events import clock
from loyalty import conf
from members import guessing
from members.models import User
from members.models.user import SECOND_FACTOR_TAKEN_OFF

WITHIN = timedelta(minutes=15)
PER_NAME = 10
PER_ADDRESS = 40
PER_CODE = 5
CODE_IS_RIGHT = timedelta(seconds=90)

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(user: User) -> bool:
    """True once this person has set up an authenticator app or a passkey."""
    return is_mfa_enabled(user, SECOND_FACTORS)


def take_off_second_factor(user: User) -> None:
    """Apps, passkeys and recovery codes of somebody who lost them; the history says who did it, and to whom."""
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        pghistory.create_event(user, label=SECOND_FACTOR_TAKEN_OFF)


class StaffAdapter(DefaultAccountAdapter):
    """Nobody signs up here; guesses at a password are counted per name and per address."""

    _guess: int | None = None

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        at = clock.now()
        with _too_many_is_a_form_error():
            self._guess = guessing.count(
                kind="address", of=self.get_client_ip(request), limit=PER_ADDRESS, within=WITHIN, at=at
            )
            guessing.count(kind="password", of=_name(credentials), limit=PER_NAME, within=WITHIN, at=at)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        user = super().authenticate(request, **credentials)
        if user is not None:
            guessing.forgive(kind="password", of=_name(credentials))
            if self._guess is not None:
                guessing.take_back(guess=self._guess)
        return user

    def _rollback_login_failed_rl_usage(self) -> None:
        """allauth's own count is not used."""

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        language.remember(response, language=user.locale)
        return response


class SecondFactorAdapter(DefaultMFAAdapter):
    """Authenticator secrets are stored encrypted: a stolen backup alone opens no door."""

    def get_totp_issuer(self) -> str:
        return shell.shop_name()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": shell.shop_name()}

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


class _CountedCode:
    """A code of six digits: five tries in a quarter of an hour, and each right one opens once.

    A code is right for three steps of 30 seconds (MFA_TOTP_TOLERANCE), longer than allauth remembers that it was used.
    """

    user: User

    def clean_code(self) -> str:
        whose = str(self.user.pk)
        with _too_many_is_a_form_error():
            guessing.count(kind="second factor", of=whose, limit=PER_CODE, within=WITHIN, at=clock.now())
        code: str = super().clean_code()  # type: ignore[misc]
        try:
            guessing.count(kind="code used", of=f"{whose} {code}", limit=1, within=CODE_IS_RIGHT, at=clock.now())
        except guessing.TooManyGuesses:
            raise ValidationError(_("Mã này đã dùng rồi. Chờ ứng dụng hiện mã mới.")) from None
        guessing.forgive(kind="second factor", of=whose)
        return code


class CodeForm(_CountedCode, AuthenticateForm):
    pass


class CodeAgainForm(_CountedCode, ReauthenticateForm):
    pass


@contextlib.contextmanager
def _too_many_is_a_form_error() -> Iterator[None]:
    try:
        yield
    except guessing.TooManyGuesses as refusal:
        minutes = refusal.details["retry_after"] // 60 + 1
        raise ValidationError(_("Sai quá nhiều lần. Thử lại sau %(minutes)s phút.") % {"minutes": minutes}) from None


def _name(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username") or "").strip().casefold()


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(conf.derive(settings.SECRET_KEY, "authenticator secrets")))
