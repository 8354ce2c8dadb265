"""Small promises of the first start: translations without gettext, a clear word for an old Python, stale notes."""

import gettext
import os
import subprocess
import time
from pathlib import Path

import pytest

from dashboard.running import run_folder, translating
from dashboard.running.commands import ROOT
from dashboard.running.run_folder import CannotRun, RunFolder
from loyalty.engines import footing, sockets
from loyalty.engines.postgres import Postgres


def test_translations_are_compiled_without_gettext_and_only_when_they_changed(tmp_path: Path) -> None:
    source = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "điểm"\nmsgstr "points"\n'
    )
    assert translating.compile_all(tmp_path) == 1
    with source.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("điểm") == "points"
    assert translating.compile_all(tmp_path) == 0
    later = time.time() + 10
    os.utime(source, (later, later))
    assert translating.compile_all(tmp_path) == 1


def _environment(path: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [path / ".make" / "environment", "requirements.txt"],
        env={"PATH": f"{path}/bin:/usr/bin:/bin", **more},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A clone with nothing but the script, on a machine whose python3 is the one in bin/."""
    (tmp_path / ".make").mkdir()
    (tmp_path / ".make" / "environment").write_bytes((ROOT / ".make" / "environment").read_bytes())
    (tmp_path / ".make" / "environment").chmod(0o755)
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "bin").mkdir()
    return tmp_path


def _program(folder: Path, name: str, text: str) -> None:
    (folder / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / "bin" / name).chmod(0o755)


def test_an_old_python_is_named_in_one_sentence(bare: Path) -> None:
    _program(bare, "python3", '[ "$1" = --version ] && echo "Python 3.9.2"; [ "$1" = --version ]')
    told = _environment(bare, PYTHON3="python3")
    assert told.returncode == 1
    assert told.stderr == (
        "Python 3.11 or newer is needed and this machine has Python 3.9.2: "
        "install one, or name it with PYTHON3=/path/to/python.\n"
    )


def test_a_python_without_venv_is_named_in_one_sentence(bare: Path) -> None:
    _program(bare, "python3", 'case "$2" in *ensurepip*) exit 1;; esac; exit 0')
    told = _environment(bare, PYTHON3="python3")
    assert told.returncode == 1
    assert told.stderr == "python3 has no venv module: install it (Debian and Ubuntu: apt-get install python3-venv).\n"


def test_nobody_is_asked_when_the_packages_are_those_of_the_lock(bare: Path) -> None:
    (bare / ".venv" / "bin").mkdir(parents=True)
    (bare / ".venv" / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    (bare / ".venv" / "bin" / "python").chmod(0o755)
    (bare / ".venv" / ".installed-requirements").write_text("")
    assert _environment(bare).returncode == 0


def test_two_starts_in_one_folder_exclude_each_other(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.make()
    with folder.lock(), pytest.raises(CannotRun, match=rf"already runs from this folder \(process {os.getpid()}\)"):
        folder.lock()
    folder.lock().close()


def test_a_full_disk_is_said_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_folder, "FIRST_START_BYTES", 10**18)
    with pytest.raises(CannotRun, match="MB are wanted: make room, or set RUN_DIR"):
        RunFolder(tmp_path / "run").make()


def test_secrets_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.make()
    secret = folder.secret_key()
    assert len(secret) >= 40
    assert folder.secret_key() == secret
    assert (folder.path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_sockets_of_a_deep_folder_get_a_short_path_that_is_found_again(tmp_path: Path) -> None:
    deep = tmp_path / ("a long name of a folder " * 4) / "and one more of them in it"
    first = sockets.folder(run_dir=deep)
    assert len(os.fsencode(first)) + sockets.LONGEST_NAME <= sockets.LONGEST_PATH
    assert first.stat().st_mode & 0o777 == 0o700
    assert sockets.folder(run_dir=deep) == first
    first.rmdir()  # as a cleaner of /tmp does
    second = sockets.folder(run_dir=deep)
    assert second.is_dir()
    second.rmdir()


def _small(run_dir: Path, elsewhere: Path) -> Postgres:
    short = sockets.folder(run_dir=run_dir)
    return Postgres(
        run_dir=run_dir, sockets=short, elsewhere=elsewhere, durable=False, settings={"shared_buffers": "8MB"}
    )


def test_a_note_of_a_server_that_died_with_the_machine_does_not_stop_the_next_start(tmp_path: Path) -> None:
    server = _small(tmp_path / "run", tmp_path / "elsewhere")
    server.start()
    note = (server.footing.data / "postmaster.pid").read_text()
    server.stop()
    # The number in the note belongs to another living process now: this one.
    (server.footing.data / "postmaster.pid").write_text(note.replace(note.split("\n")[0], str(os.getpid()), 1))
    again = _small(tmp_path / "run", tmp_path / "elsewhere")
    again.start()
    assert again.answers()
    again.stop()


def test_a_server_that_was_left_behind_is_ended_before_the_next_start(tmp_path: Path) -> None:
    left = _small(tmp_path / "run", tmp_path / "elsewhere")
    left.start()
    again = _small(tmp_path / "run", tmp_path / "elsewhere")
    again.start()
    assert again.answers()
    assert left.child is not None
    assert not left.child.alive()
    again.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_without_user_namespaces_runs_the_server_as_somebody_else(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(footing, "_namespace", lambda program, parent: ())
    closed = tmp_path_factory.mktemp("closed")
    elsewhere = footing.Path("/var/tmp") / f"loyalty-test-{os.getpid()}"  # noqa: S108
    try:
        server = _small(closed / "run", elsewhere)
        server.start()
        assert server.answers()
        assert server.child is not None
        assert Path(f"/proc/{server.child.pid}").stat().st_uid == server.footing.user != 0
        server.stop()
    finally:
        subprocess.run(["rm", "-rf", str(elsewhere)], check=False)
