"""Consents from a file are kept with their proof; without proof they allow no advertising."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest

from members import consenting, founding, joining
from members.importing import consents
from members.importing.report import ImportReport
from members.models import Consent, ConsentText, Member
from tests.importing.files import NOW

pytestmark = pytest.mark.django_db

HEADER = "member,purpose,channel,granted_at,how,text_version,evidence"


@pytest.fixture
def lan() -> Member:
    founding.found(at=datetime(2020, 1, 1, tzinfo=UTC))
    return joining.join(name="Lan", phone="0912345678", external_id="C1", joined_via="counter", by="x", at=NOW)


def load(*rows: str, **options: Any) -> ImportReport:
    source = io.BytesIO("\n".join([HEADER, *rows, ""]).encode())
    chosen = {"errors": io.StringIO(), **options}
    return consents.run(source=source, at=NOW, by="system", options=consents.ConsentOptions(**chosen))


def test_only_a_proved_yes_allows_advertising(lan: Member) -> None:
    text = ConsentText.objects.filter(purpose="marketing").first()
    assert text is not None
    done = load(
        f"C1,marketing,sms,2025-03-01T08:00:00,form,{text.code},HC-0001",
        "C1,marketing,zalo,2025-03-01T08:00:00,form,,",
    )

    assert (done.posted, done.refused) == (2, 0)
    assert consenting.allows_advertising(member=lan, channel="sms", at=NOW)
    assert not consenting.allows_advertising(member=lan, channel="zalo", at=NOW)
    kept = Consent.objects.get(channel="sms")
    assert (kept.at, kept.how, kept.text_id, kept.evidence.text) == (
        datetime(2025, 3, 1, 1, 0, tzinfo=UTC),
        "form",
        text.code,
        "HC-0001",
    )


def test_the_same_file_again_changes_nothing(lan: Member) -> None:
    rows = ["0912345678,marketing,any,2025-03-01,form,,HC-1", "+84912345678,profiling,,2025-03-01,form,,"]
    load(*rows)

    again = load(*rows)

    assert (again.posted, again.known) == (0, 2)
    assert Consent.objects.count() == 2


def test_rows_that_say_nothing_clear_wait_with_their_reason(lan: Member) -> None:
    done = load(
        "C1,spam,sms,2025-03-01,,,",
        "C1,marketing,fax,2025-03-01,,,",
        "C1,marketing,sms,,,,",
        "C1,marketing,sms,2030-01-01,,,",
        "C1,marketing,sms,2025-03-01,,no-such-text,",
        "C7,marketing,sms,2025-03-01,,,",
        "C1,marketing,sms,2025-03-01,,,ok",
    )

    assert done.posted == 1
    assert done.problems == {
        "purpose_unknown": 1,
        "channel_unknown": 1,
        "granted_at_unreadable": 1,
        "granted_at_in_future": 1,
        "text_version_unknown": 1,
        "member_unknown": 1,
    }
