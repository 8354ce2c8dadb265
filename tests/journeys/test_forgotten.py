"""Somebody asks to be forgotten: every corner of the database is looked through, and the books still add up."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from campaigns import blocking, sending_codes
from campaigns.models import FakeMessage
from events.models import Event
from loyalty import auditing
from members import (
    birthdays,
    changing,
    closing,
    data_requests,
    erasing,
    exporting,
    finding,
    moving_phone,
    one_time_codes,
    people,
    searching,
    timeline,
)
from members.consenting import ConsentGiven
from members.models import DataRequest, Identifier, Member, User
from members.relationship import cases, notes, voices
from rewards import voiding
from tests.campaigns.conftest import Marketing
from tests.factories.shop import LEDGER_TABLES, rows_of
from tests.rewards import wallets

pytestmark = pytest.mark.django_db
# what must not be found anywhere afterwards: name, called name, phones, e-mail, card, ward, and what was said
TRACES = (
    "Zacharia", "zacharia", "Quýtiên", "0938112233", "938112233", "977445566", "zq.erase@example.vn",
    "ZQ99887766", "Phường Xoá Tên", "lời riêng của khách", "bé Zin", "mẫu giấy số ZQ-77",
)  # fmt: skip
BOOKS = (*LEDGER_TABLES[:-2], "members_consent")


@pytest.fixture
def shop(db) -> Marketing:
    return Marketing()


@pytest.fixture
def lan(shop) -> Member:
    """Somebody who has done everything a member can do."""
    user = User.objects.create(username="member-7", phone="+84938112233", first_name="Zacharia")
    yes = [
        ConsentGiven(purpose="marketing", channel="sms", text="marketing-1", how="form", evidence="mẫu giấy số ZQ-77")
    ]
    member = shop.member(
        "Zacharia Quýtiên",
        phone="0938112233",
        card="ZQ99887766",
        email="zq.erase@example.vn",
        birthday=birthdays.Birthday(day=20, month=5, year=1990),
        ward="Phường Xoá Tên",
        consents=yes,
    )
    Member.objects.filter(pk=member.pk).update(user=user)
    how = {"by": "user:900", "at": shop.at}
    shop.sell(shop.bill(3_000_000), member)
    gift = wallets.give(shop, member)
    wallets.sell(shop, shop.bill(100_000, points_to_spend=10), member, wallets.Named(id=gift.id), proven=True)
    people.add(member_id=member.pk, first_name="bé Zin", relation="child", guardian=True, **how)
    opened = cases.open(
        member_id=member.pk,
        kind="complaint",
        subject="lời riêng của khách",
        words="lời riêng của khách",
        via="counter",
        **how,
    )
    assert opened
    notes.add(member_id=member.pk, text="Zacharia thích ít đường", author_id=None, **how)
    data_requests.ask(member_id=member.pk, kind="see", words="tôi là Zacharia", via="portal", **how)
    changing.rename(member_id=member.pk, name="Zacharia Quýtiên Hai", **how)
    sending_codes.send(purpose="sign_in", phone="0938112233", asker="a", language="vi", at=shop.at)
    blocking.suppress(channel="email", address="zq.erase@example.vn", cause="asked", by="user:1", at=shop.at)
    FakeMessage.objects.create(key="t", channel="sms", address="+84938112233", body="Chào Zacharia", at=shop.at)
    move = moving_phone.begin(member_id=member.pk, phone="0977445566", **how)
    moving_phone.vouch(move_id=move.pk, told={"birthday": "20/5", "card": "ZQ99887766"}, **how)
    moving_phone.finish(move_id=move.pk, **how)
    moving_phone.begin(member_id=member.pk, phone="0938112233", **how)
    for event in Event.objects.filter(member_id=member.pk):
        timeline.absorb(event=event)
    return Member.objects.get(pk=member.pk)


def found_traces() -> list[str]:
    """Every row of every table that holds one of the traces, in any column."""
    hits = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t WHERE t::text ~ %s', ["|".join(TRACES)])
            hits += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    return hits


def written_by_staff(shop, lan: Member) -> None:
    """Why a voucher was voided and a recommendation not shown, in words that name her."""
    voided = wallets.give(shop, lan)
    voiding.void(voucher_id=voided.id, reason="Zacharia báo nhầm", by="user:900", at=shop.at)
    voice = voices.give(member_id=lan.pk, text="Zacharia khen", consent_text="voice-1", by="user:900", at=shop.at)
    voices.decide(voice_id=voice.pk, approve=False, user_id=None, reason="Zacharia xin thôi", by="user:900", at=shop.at)


def test_nothing_personal_of_an_erased_member_is_left_in_any_table(shop, lan):
    written_by_staff(shop, lan)
    before = {hit.split(":", 1)[0] for hit in found_traces()}
    assert {"members_member", "members_identifier", "members_case", "campaigns_codemessage"} <= before
    books = rows_of(*BOOKS)

    assert erasing.erase(member_id=lan.pk, by="user:1", at=shop.at)

    assert found_traces() == []
    assert rows_of(*BOOKS) == books
    assert [finding for finding in auditing.run() if not finding.ok] == []
    assert Event.objects.get(type="member.erased").member_id == lan.pk


def test_who_is_erased_is_found_by_nobody_and_may_join_anew(shop, lan):
    erasing.erase(member_id=lan.pk, by="user:1", at=shop.at)
    assert finding.by_phone("0977445566") is finding.by_card("ZQ99887766") is finding.by_id(lan.pk) is None
    assert searching.search("zacharia") == []
    again = shop.member("Zacharia Quýtiên", phone="0977445566")
    assert again.pk != lan.pk
    assert shop.balance(again).available == 0
    with pytest.raises(changing.MemberGone):
        exporting.as_data(member_id=lan.pk, at=shop.at)


def test_erasing_twice_and_by_command_is_erasing_once(shop, lan):
    out = io.StringIO()
    call_command("erase_member", "097 744 5566", "--yes", stdout=out)
    assert str(lan.pk) in out.getvalue()
    assert not erasing.erase(member_id=lan.pk, by="user:1", at=shop.at)
    for gone in (str(lan.pk), "0977445566", "Lan", "x" * 50):
        with pytest.raises(CommandError):
            call_command("erase_member", gone, "--yes")


def test_an_export_tells_everything_and_no_secrets(shop, lan):
    told = exporting.as_data(member_id=lan.pk, at=shop.at)
    text = json.dumps(told, ensure_ascii=False)
    for trace in ("Zacharia Quýtiên Hai", "+84977445566", "zq.erase@example.vn", "bé Zin", "lời riêng", "ZQ-77"):
        assert trace in text
    assert sorted(row["earned"] for row in told["purchases"]) == [7, 300]
    assert {row["kind"] for row in told["points"]} == {"earn", "spend"}
    assert len(told["vouchers"]) == 1
    assert told["terms"] and told["consents"]
    code = wallets.queries.by_ids([told["vouchers"][0]["id"]], at=shop.at).popitem()[1].code
    assert code not in text.replace("-", "")


def test_the_zip_has_pages_and_tables_that_run_nothing(shop, lan):
    changing.rename(member_id=lan.pk, name="=HYPERLINK(1)<script>x</script>", by="user:1", at=shop.at)
    for language, word in (("vi", "Hồ sơ"), ("en", "Profile")):
        with zipfile.ZipFile(io.BytesIO(exporting.as_zip(member_id=lan.pk, language=language, at=shop.at))) as archive:
            names = set(archive.namelist())
            assert {"data.json", "index.html", "profile.csv", "purchases.csv", "points.csv"} <= names
            page = archive.read("index.html").decode()
            assert word in page
            assert "<script>" not in page
            assert "'=HYPERLINK" in archive.read("profile.csv").decode("utf-8-sig")
            assert json.loads(archive.read("data.json"))["profile"][0]["name"].startswith("=HYPERLINK")


def test_the_command_writes_the_export_where_it_is_told(shop, lan, tmp_path):
    out = io.StringIO()
    call_command("export_member", str(lan.pk), stdout=out)
    assert json.loads(out.getvalue())["member"] == str(lan.pk)
    for name in ("lan.zip", "lan.json"):
        call_command("export_member", "0977445566", "--to", str(tmp_path / name), stdout=io.StringIO())
        assert (tmp_path / name).stat().st_size > 500
    assert Event.objects.filter(type="member.exported").count() == 3
    with pytest.raises(CommandError):
        call_command("export_member", "0900000009")


# --- closing ----------------------------------------------------------------------------------------------------------


def close(shop, member, reason="unused"):
    return closing.close(
        member_id=member.pk, reason=reason, words="lời riêng của khách", by=f"member:{member.pk}", at=shop.at
    )


def test_a_closed_account_is_found_by_nobody_and_comes_back_as_it_was(shop, lan):
    balance = shop.balance(lan)
    closed = close(shop, lan)
    assert closed.back_until == shop.at + timedelta(days=30)
    assert finding.by_phone("0977445566") is None
    shop.later(days=29)
    assert closing.closed(phone="0977445566", at=shop.at) == closed
    closing.come_back(member_id=lan.pk, by=f"member:{lan.pk}", at=shop.at)
    assert finding.by_phone("0977445566") == lan
    assert shop.balance(lan) == balance
    shop.later(days=5)
    assert closing.erase_due(date=shop.at.date(), at=shop.at) == 0


def test_after_thirty_days_the_night_forgets_who_closed(shop, lan):
    close(shop, lan)
    shop.later(days=29)
    assert closing.erase_due(date=shop.at.date(), at=shop.at) == 0
    shop.later(days=1)
    with pytest.raises(closing.NoWayBack):
        closing.come_back(member_id=lan.pk, by="user:1", at=shop.at)
    assert closing.erase_due(date=shop.at.date(), at=shop.at) == 1
    assert closing.erase_due(date=shop.at.date(), at=shop.at) == 0
    assert found_traces() == []
    with pytest.raises(closing.NoWayBack):
        closing.come_back(member_id=lan.pk, by="user:1", at=shop.at)


def test_closing_wants_a_reason_and_somebody_who_is_there(shop, lan):
    with pytest.raises(closing.ClosingReasonUnknown):
        close(shop, lan, reason="<script>")
    close(shop, lan)
    with pytest.raises(changing.MemberGone):
        close(shop, lan)


# --- requests ---------------------------------------------------------------------------------------------------------


def ask(shop, member, kind, at=None):
    return data_requests.ask(member_id=member.pk, kind=kind, via="dashboard", by="user:2", at=at or shop.at)


def test_a_request_on_a_friday_is_answered_by_tuesdays_end(shop, lan):
    request = ask(shop, lan, "export")  # Friday 20 November 2026, noon
    assert request.answer_due_at == shop.moment(0, days=5)  # midnight after Tuesday
    assert request.done_due_at == shop.at + timedelta(days=15)
    assert data_requests.waiting(at=shop.at) == (2, 0)
    assert data_requests.waiting(at=shop.moment(0, 1, days=5)) == (2, 2)


def test_a_request_is_answered_then_done_and_says_who(shop, lan):
    request = ask(shop, lan, "stop")
    with pytest.raises(data_requests.AskedAlready):
        ask(shop, lan, "stop")
    with pytest.raises(data_requests.AnswerMissing):
        data_requests.answer(data_request_id=request.pk, text="  ", by="user:1", at=shop.at)
    data_requests.answer(data_request_id=request.pk, text="Sẽ ngừng hôm nay", by="user:1", at=shop.at)
    done = data_requests.carry_out(data_request_id=request.pk, by="user:1", at=shop.at)
    assert (done.state, done.answered_by, done.ended_by) == ("done", "user:1", "user:1")
    assert {row.purpose: row.granted for row in lan.consents.order_by("at", "id")} == {
        "marketing": False,
        "profiling": False,
    }
    for step in (data_requests.carry_out,):
        with pytest.raises(data_requests.RequestUnknown):
            step(data_request_id=request.pk, by="user:1", at=shop.at)


def test_a_request_to_be_erased_is_carried_out_whole(shop, lan):
    request = ask(shop, lan, "erase")
    data_requests.carry_out(data_request_id=request.pk, by="user:1", at=shop.at)
    lan.refresh_from_db()
    assert lan.status == "erased"
    assert DataRequest.objects.get(pk=request.pk).state == "done"
    assert found_traces() == []


def test_a_refusal_says_why_and_ends_it(shop, lan):
    request = ask(shop, lan, "correct")
    data_requests.refuse(data_request_id=request.pk, text="Không đúng chủ thẻ", by="user:1", at=shop.at)
    assert DataRequest.objects.get(pk=request.pk).state == "refused"
    assert ask(shop, lan, "correct")  # and may be asked again
    with pytest.raises(data_requests.RequestKindUnknown):
        ask(shop, lan, "sell")


def test_codes_and_pins_end_with_the_member(shop, lan):
    asked = one_time_codes.ask(purpose="confirm", member_id=lan.pk, asker="a", at=shop.at)
    erasing.erase(member_id=lan.pk, by="user:1", at=shop.at)
    with pytest.raises(one_time_codes.CodeRefused):
        one_time_codes.prove(purpose="confirm", member_id=lan.pk, code=asked.code, asker="a", at=shop.at)
    assert not Identifier.objects.filter(member=lan, until_at__isnull=True).exists()
