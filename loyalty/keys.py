"""Keys of POS systems: shown once, kept as a hash, compared in constant time."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from events.refusals import Refusal
from loyalty.models import ApiKey, Store, Terminal
from loyalty.models.stores import SCOPES
from members.models import User

USE_NOTED_EVERY = timedelta(hours=1)


class KeyRefused(Refusal):
    """No such key, or it is revoked or past its time."""

    code = "key_refused"


class ScopeUnknown(Refusal):
    code = "scope_unknown"


def create(
    *,
    store: Store,
    terminal: Terminal | None = None,
    scopes: Iterable[str] = SCOPES,
    test: bool = False,
    description: str = "",
    by: User | None = None,
    at: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its plain text, which nobody can read again. A test key writes to the store's practice twin."""
    wanted = sorted(set(scopes))
    if not set(wanted) <= set(SCOPES):
        raise ScopeUnknown()
    secret = secrets.token_bytes(32)
    prefix = base64.b32encode(secrets.token_bytes(5)).decode().lower()
    key = ApiKey.objects.create(
        prefix=prefix,
        secret_hash=hashlib.sha256(secret).digest(),
        store=practice_twin(store) if test else store,
        terminal=None if test else terminal,
        scopes=wanted,
        test=test,
        description=description,
        created_at=at,
        created_by=by,
        expires_at=expires_at,
    )
    text = base64.urlsafe_b64encode(secret).decode().rstrip("=")
    return key, f"{key}_{text}"


@transaction.atomic
def replace(*, key: ApiKey, overlap: timedelta, by: User | None = None, at: datetime) -> tuple[ApiKey, str]:
    """A successor of the same store, till and scopes, and its plain text; the old key works for the overlap yet.

    Never longer than it would have. Raises KeyRefused where the key is revoked or past its time.
    """
    old = ApiKey.objects.select_for_update(of=("self",)).select_related("store", "terminal").get(pk=key.pk)
    if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= at):
        raise KeyRefused()
    new, text = create(
        store=old.store,
        terminal=old.terminal,
        scopes=old.scopes,
        test=old.test,
        description=old.description,
        by=by,
        at=at,
        expires_at=old.expires_at,
    )
    ends = at + overlap
    old.expires_at = min(old.expires_at, ends) if old.expires_at else ends
    old.save(update_fields=["expires_at"])
    return new, text


def practice_twin(store: Store) -> Store:
    """The practice store beside a real one, made when first asked for."""
    if store.practice:
        return store
    code = f"{store.code[:23]}-practice"
    if Store.objects.filter(code=code).exclude(practice_of=store).exists():
        # two long codes that begin alike
        code = f"{store.code[:12]}-{store.pk}-practice"
    twin, _ = Store.objects.get_or_create(
        practice_of=store,
        defaults={
            "code": code,
            "name": f"{store.name[:114]} (thử)",
            "receipt_restart": store.receipt_restart,
            "day_starts": store.day_starts,
        },
    )
    return twin


def verify(text: str, *, at: datetime) -> ApiKey:
    """The key with its store and terminal, or KeyRefused; equal work for a wrong prefix and a wrong secret."""
    head, _, rest = text.partition("_")
    mode, _, rest = rest.partition("_")
    prefix, _, secret_text = rest.partition("_")
    try:
        secret = base64.b64decode(secret_text + "=" * (-len(secret_text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        secret = b""
    key = (
        ApiKey.objects.select_related("store", "terminal")
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at), prefix=prefix[:12], revoked_at__isnull=True)
        .first()
        if prefix.isascii() and prefix.isalnum()
        else None
    )
    kept = bytes(key.secret_hash) if key else bytes(32)
    same = hmac.compare_digest(kept, hashlib.sha256(secret).digest())
    if key is None or not same or head != "lp" or mode != ("test" if key.test else "live"):
        raise KeyRefused()
    return key


def note_use(key: ApiKey, *, at: datetime) -> None:
    """Staff see which keys are in use and which were forgotten; an hour's precision is enough."""
    if key.last_used_at is None or at - key.last_used_at > USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
