from datetime import UTC, datetime, timedelta

from events import clock


def apart(one: datetime, other: datetime) -> timedelta:
    return abs(one - other)


def test_the_clock_tells_the_time_in_utc(settings):
    settings.CLOCK_FILE = ""

    assert clock.now().tzinfo is UTC
    assert apart(clock.now(), datetime.now(UTC)) < timedelta(seconds=5)


def test_a_clock_file_moves_the_clock_each_time_it_is_written(settings, tmp_path):
    settings.CLOCK_FILE = str(tmp_path / "clock")
    assert apart(clock.now(), datetime.now(UTC)) < timedelta(seconds=5)

    for days in (30, 365, -1):
        (tmp_path / "new").write_text(f"{days * 86400}\n")
        (tmp_path / "new").replace(tmp_path / "clock")
        assert apart(clock.now(), datetime.now(UTC) + timedelta(days=days)) < timedelta(seconds=5)
