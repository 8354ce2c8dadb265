"""A wrong setting stops the start with a sentence that names it; the example file knows them all."""

import re
import subprocess
import sys
from pathlib import Path

import environ
import pytest
import yaml
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from dashboard.running import commands
from dashboard.running.commands import ROOT
from events import relaying
from loyalty import conf
from loyalty.engines import postgres

GOOD_KEY = "k" * 50
DATABASE = "postgres://loyalty@localhost/loyalty"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "", "SECRET_KEY is missing or shorter than 40 characters."),
        ("SECRET_KEY", "short", "SECRET_KEY is missing or shorter than 40 characters."),
        ("VOUCHER_CODE_KEY", "short", "VOUCHER_CODE_KEY is shorter than 40 characters."),
        ("DATABASE_URL", "", "DATABASE_URL is missing."),
        ("DATABASE_URL", "mysql://a@b/c", "DATABASE_URL must name a PostgreSQL 18 server"),
        ("DATABASE_URL", "sqlite:///shop.db", "DATABASE_URL must name a PostgreSQL 18 server"),
        ("DATABASE_URL", "postgres://a@b:port/c", "DATABASE_URL must name a PostgreSQL 18 server"),
        ("REDIS_URL", "memcached://localhost", "REDIS_URL should look like redis://:PASSWORD@HOST:6379/0."),
        ("MODE", "prod", "MODE='prod' is not known. It is one of: production, demo, test."),
        ("NIGHTLY_AT", "25:00", "NIGHTLY_AT='25:00' should be a time of day like 02:30."),
        ("NIGHTLY_AT", "half past two", "NIGHTLY_AT='half past two' should be a time of day like 02:30."),
        ("API_KEY_CACHE_SECONDS", "-1", "API_KEY_CACHE_SECONDS='-1' should be a whole number above 0, like 30."),
        ("TRUSTED_PROXIES", "one", "TRUSTED_PROXIES='one' should be a whole number, like 0."),
        ("API_CALLS_PER_MINUTE", "３", "API_CALLS_PER_MINUTE='３' should be a whole number above 0"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_wants(name: str, value: str, sentence: str, tmp_path: Path) -> None:
    environment = {"MODE": "production", "SECRET_KEY": GOOD_KEY, "DATABASE_URL": DATABASE, "RUN_DIR": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "-c", "import loyalty.settings"],
        cwd=ROOT,
        env=environment | {name: value},
        capture_output=True,
        text=True,
    )
    assert told.returncode != 0
    assert sentence in told.stderr.splitlines()[-1]


def test_debug_is_refused_in_production(tmp_path: Path) -> None:
    environment = {"SECRET_KEY": GOOD_KEY, "DATABASE_URL": DATABASE, "DEBUG": "1", "RUN_DIR": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "-c", "import loyalty.settings"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert "DEBUG shows secrets to visitors: it is refused while MODE=production." in told.stderr


def test_a_wrong_password_address_is_not_repeated_in_the_sentence() -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        conf.broker("rediss+x://:s3cret@host/0")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "broker"),
    [
        ("redis://:pw@host:6379/2", "redis://:pw@host:6379/2"),
        ("unix:///run/v/valkey?db=3", "redis+socket:///run/v/valkey?virtual_host=3"),
        ("unix:///run/v/valkey", "redis+socket:///run/v/valkey?virtual_host=0"),
    ],
)
def test_celery_hears_the_same_server_in_its_own_words(address: str, broker: str) -> None:
    assert conf.broker(address) == broker


def test_a_socket_folder_keeps_its_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://loyalty@/shop?host=/tmp/Of/Lan")
    found = conf.database(environ.Env())
    assert (found["HOST"], found["NAME"], found["USER"]) == ("/tmp/Of/Lan", "shop", "loyalty")  # noqa: S108
    assert "host" not in found["OPTIONS"]


def _read_by_the_code() -> set[str]:
    # Read as text: importing gives values, not names.
    said = (ROOT / "loyalty" / "settings.py").read_text() + (ROOT / "loyalty" / "conf.py").read_text()
    named = re.findall(r"""(?:env(?:\.\w+)?\(|\(env, )"([A-Z][A-Z_]+)\"""", said)
    for module in ("environment", "run_folder", "__main__"):
        said = (ROOT / "dashboard" / "running" / f"{module}.py").read_text()
        named += re.findall(r"""(?:environ\.get\(|_number\()"([A-Z][A-Z_]+)\"""", said)
    return set(named)


def test_the_example_file_explains_every_setting() -> None:
    explained = set(re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert len(_read_by_the_code()) > 15
    assert _read_by_the_code() - explained == set()


def _compose() -> dict[str, dict[str, dict[str, object]]]:
    found: dict[str, dict[str, dict[str, object]]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return found


def test_the_compose_file_sorts_names_like_the_embedded_server() -> None:
    server = _compose()["services"]["postgres"]
    assert server["environment"]["POSTGRES_INITDB_ARGS"].split() == list(postgres.INITDB_ARGUMENTS)  # type: ignore[index]
    assert server["volumes"] == ["postgres:/var/lib/postgresql"]
    assert server["image"] == "postgres:18"


def test_the_compose_file_has_health_checks_named_volumes_and_no_secret_of_its_own() -> None:
    compose = _compose()
    services = compose["services"]
    assert set(services) == {"postgres", "redis", "migrate", "web", "worker", "jobs", "beat", "relay"}
    assert "name" not in compose
    for name in ("postgres", "redis", "web", "worker", "jobs", "beat"):
        assert "healthcheck" in services[name], name
    for name, service in services.items():
        for volume in service.get("volumes", []):  # type: ignore[attr-defined]
            assert volume.split(":")[0] in compose["volumes"], name
    text = (ROOT / "docker-compose.yml").read_text()
    for secret in ("SECRET_KEY", "POSTGRES_PASSWORD", "APP_PASSWORD", "REDIS_PASSWORD"):
        uses = re.findall(rf"\$\{{{secret}(.*?)\}}", text)
        assert uses
        assert all(use.startswith(":?") for use in uses), secret


def test_every_queue_has_a_worker() -> None:
    services = _compose()["services"]
    told = [services[name]["command"] for name in ("worker", "jobs")]
    served = [queue for command in told for queue in command[4:]]  # type: ignore[index]
    assert sorted(served) == sorted(commands.QUEUES) == sorted(relaying.MOST_WAITING)
    assert {queue for _claim, _task, queue in settings.DUE_WORK} <= set(commands.QUEUES)


def test_the_compose_file_takes_every_variable_from_the_example() -> None:
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    explained = set(re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert asked - explained == {"LOYALTY_IMAGE"}
