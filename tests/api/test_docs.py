"""What docs/api.md shows works as printed, and names every refusal."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from api import texts
from events import commands
from events.refusals import Refusal
from loyalty import bill, bonus_events, clocks, earning, moving, paying, returning, sales
from loyalty import claiming as guests_bills
from loyalty.ledger import posting
from members import birthdays, consenting, guessing, identifying, joining, qr
from rewards import claiming, codes
from tests.api.conftest import Shop

DOCS = (Path(__file__).resolve().parent.parent.parent / "docs" / "api.md").read_text(encoding="utf-8")
# Titles that no till sees: of fields the door checks itself, and the fall-back.
UNSEEN = {"card_unreadable", "qr_refused", "gender_unknown", "locale_unknown", "consent_unreadable", "refused"}
UNSEEN |= {"programme_missing"}


# Refusals of what the API does not take.
NEVER_SAID = {"external_id_unreadable", "event_not_running"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)


def played(command: list[str], shop: Shop) -> str:
    environment = {**os.environ, "URL": shop.url, "KEY": shop.key}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
def test_the_curl_conversation_works_as_printed(shop: Shop) -> None:
    script = "".join(re.sub(r"^# → (.*)$", r"echo '@@ \1'", block, flags=re.MULTILINE) for block in blocks("sh"))
    told = played(["bash", "-eu", "-c", script], shop)
    said, expectations = "", 0
    for part in re.split(r"^(@@ .*)$", told, flags=re.MULTILINE):
        if part.startswith("@@ "):
            expectations += 1
            assert part.removeprefix("@@ ") in said
        elif part.strip():
            said = part
    assert expectations == script.count("@@ ") > 5


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node on this machine")
def test_the_javascript_till_works_as_printed(shop: Shop) -> None:
    (program,) = blocks("js")
    assert played(["node", "--input-type=module", "-e", program], shop).splitlines() == [
        "201 200 9 true",
        "201 90000 9",
    ]


def test_every_refusal_has_words_and_stands_in_the_docs() -> None:
    for code, (vietnamese, english) in texts.TITLES.items():
        assert vietnamese != english
        assert code in UNSEEN or f"`{code}`" in DOCS, code


def test_every_refusal_the_doors_of_loyalty_raise_has_words() -> None:
    floor2 = (bill, bonus_events, clocks, earning, guests_bills, moving, paying, posting, returning, sales)
    floor1 = (birthdays, consenting, guessing, identifying, joining, qr)
    for module in (commands, *floor1, *floor2, claiming, codes):
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, Refusal) and thing.__module__ == module.__name__:
                assert thing.code in texts.TITLES or thing.code in NEVER_SAID, thing
