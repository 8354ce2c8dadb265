"""Reading settings from the environment, each with a sentence for the person who set it wrongly."""

import hashlib
from datetime import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured


def one_of(env: environ.Env, name: str, *, default: str, choices: tuple[str, ...]) -> str:
    value = env.str(name, default=default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name}={value!r} is not known. It is one of: {', '.join(choices)}.")
    return value


def positive(env: environ.Env, name: str, *, default: int) -> int:
    raw = env.str(name, default=str(default))
    if not raw.isascii() or not raw.isdigit() or int(raw) < 1:
        raise ImproperlyConfigured(f"{name}={raw!r} should be a whole number above 0, like {default}.")
    return int(raw)


def whole(env: environ.Env, name: str, *, default: int) -> int:
    raw = env.str(name, default=str(default))
    if not (raw.isascii() and raw.isdigit()):
        raise ImproperlyConfigured(f"{name}={raw!r} should be a whole number, like {default}.")
    return int(raw)


def secret_key(env: environ.Env) -> str:
    """SECRET_KEY has no default: whoever knows it can sign in as anybody."""
    value = env.str("SECRET_KEY", default="")
    if len(value) < 40:
        raise ImproperlyConfigured(
            "SECRET_KEY is missing or shorter than 40 characters. Make one with: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    return value


def voucher_code_key(env: environ.Env, *, default: str) -> str:
    """What the codes of vouchers are computed from: SECRET_KEY, unless the codes have to outlive it."""
    value = env.str("VOUCHER_CODE_KEY", default="") or default
    if len(value) < 40:
        raise ImproperlyConfigured(
            "VOUCHER_CODE_KEY is shorter than 40 characters. Leave it empty to use SECRET_KEY, or make one with: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    return value


def time_of_day(env: environ.Env, name: str, *, default: str) -> time:
    """A time of day HH:MM in the business's zone."""
    raw = env.str(name, default=default)
    hour, _, minute = raw.partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise ImproperlyConfigured(f"{name}={raw!r} should be a time of day like {default}.")
    return time(int(hour), int(minute))


def database(env: environ.Env) -> dict[str, Any]:
    """The one database. WEB_TIMEOUTS=1 (set for the web process) adds the till's time limits of docs/runbook.md."""
    if not env.str("DATABASE_URL", default=""):
        raise ImproperlyConfigured(
            "DATABASE_URL is missing. Example: postgres://loyalty:PASSWORD@localhost:5432/loyalty "
            "(`make run` sets it for you)."
        )
    try:
        config = env.db_url("DATABASE_URL")
    except ValueError:  # a port that is none
        config = {}
    if "postgresql" not in config.get("ENGINE", ""):
        raise ImproperlyConfigured(
            "DATABASE_URL must name a PostgreSQL 18 server: postgres://USER:PASSWORD@HOST:5432/NAME"
        )
    socket_folder = config.setdefault("OPTIONS", {}).pop("host", None)
    if socket_folder:  # postgresql://user@/name?host=/folder, as psql reads it; Django's own tools look at HOST
        config["HOST"] = socket_folder
    options = ["-c client_connection_check_interval=1s", "-c idle_in_transaction_session_timeout=10s"]
    if env.bool("WEB_TIMEOUTS", default=False):
        options += ["-c statement_timeout=5s", "-c lock_timeout=2s"]
    config["OPTIONS"]["options"] = " ".join(options)
    config["CONN_MAX_AGE"] = None
    config["CONN_HEALTH_CHECKS"] = False
    return config


def broker(redis_url: str) -> str:
    """REDIS_URL in Celery's words: `unix://PATH?db=1` is `redis+socket://PATH?virtual_host=1` there."""
    parts = urlsplit(redis_url)
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured("REDIS_URL should look like redis://:PASSWORD@HOST:6379/0.")
    if parts.scheme != "unix":
        return redis_url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"


def derive(secret: str, purpose: str) -> bytes:
    """A key of its own for each purpose, so that none of them can stand in for another (HKDF-like, one block)."""
    return hashlib.sha256(f"{purpose}:{secret}".encode()).digest()
