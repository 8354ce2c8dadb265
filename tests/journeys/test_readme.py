"""The README's calls work as printed, and their numbers are true."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.api.conftest import furnish
from tests.running import Web

README = Path(__file__).resolve().parent.parent.parent / "README.md"
# The two lines that find the demo's address and key: the test has its own.
FROM_DEMO = "export URL="


def blocks() -> list[str]:
    section = README.read_text(encoding="utf-8").split("## The API in five calls")[1].split("\n## ")[0]
    return [block for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL) if FROM_DEMO not in block]


@pytest.mark.skipif(os.name != "posix", reason="the README's calls are for a POSIX shell")
def test_the_calls_of_the_readme_work_as_printed(web: Web) -> None:
    shop = furnish(web.url)
    script = "".join(re.sub(r"^# → (.*)$", r"echo '@@ \1'", block, flags=re.MULTILINE) for block in blocks())
    environment = {**os.environ, "URL": f"{web.url}/api/v1", "KEY": shop.key}

    done = subprocess.run(
        ["bash", "-eu", "-c", f"exec 2>&1\n{script}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout
    expected = re.findall(r"^@@ (.*)$", done.stdout, re.MULTILINE)
    assert len(expected) == script.count("@@ ")
    answers = re.split(r"^@@ .*$", done.stdout, flags=re.MULTILINE)
    said = ""
    for text, answer in zip(expected, answers, strict=False):
        said = answer if answer.strip() else said  # several expectations may follow one call
        assert text in said, f"{text!r} is not in {said!r}"
