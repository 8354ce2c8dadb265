"""The member's own data, the terms, and leaving with a way back."""

import io
import json
import zipfile

import pytest

from events import clock as shop_clock
from events.models import Event
from members import finding, terms
from members.models import Closing, TermsAccepted, TermsText
from tests.portal.conftest import PHONE, code_for


@pytest.fixture(autouse=True)
def _terms(db):
    terms.found()


def test_a_member_takes_all_of_their_data_along(lans, lan, shop):
    shop.sell(shop.bill(185_000, receipt="HD-7"), lan)
    answer = lans.post("/me/data")
    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        told = json.loads(packed.read("data.json"))
        assert "index.html" in packed.namelist()
    assert told["member"] == str(lan.pk)
    assert "Nguyễn Thị Lan" in json.dumps(told, ensure_ascii=False)
    assert Event.objects.filter(type="member.exported", member_id=lan.pk).count() == 1


def test_copies_are_limited_to_a_few_a_day(lans):
    for _ in range(5):
        assert lans.post("/me/data").status_code == 200
    assert lans.post("/me/data").status_code == 302


def test_new_terms_are_asked_about_and_accepted_by_version(lans, lan, shop):
    TermsText.objects.create(
        code="terms-2", body_vi="Thể lệ mới", body_en="New terms", changes_vi="Thêm", valid_from=shop_clock.now()
    )
    assert "Thể lệ có bản mới" in lans.get("/me/").content.decode()
    assert "Thể lệ mới" in lans.get("/me/terms").content.decode()
    lans.post("/me/terms", {"code": "terms-1"})  # a page that was open before
    assert not TermsAccepted.objects.filter(member=lan, text_id="terms-2").exists()
    lans.post("/me/terms", {"code": "terms-2"})
    assert TermsAccepted.objects.get(member=lan, text_id="terms-2").how == "portal"
    assert "Thể lệ có bản mới" not in lans.get("/me/").content.decode()


def left(lans, **said):
    lans.post("/me/leave")
    return lans.post("/me/leave", {"reason": "messages", "words": "Nhiều tin quá", "code": code_for(), **said})


def test_leaving_wants_a_reason_and_a_code_and_signs_out(lans, lan):
    assert left(lans, reason="").status_code == 422
    assert lans.post("/me/leave", {"reason": "messages", "code": "12"}).status_code == 422
    assert finding.by_phone(PHONE) == lan
    answer = lans.post("/me/leave", {"reason": "messages", "words": "Nhiều tin quá", "code": code_for()})
    assert answer.status_code == 302 and answer["Clear-Site-Data"]
    closed = Closing.objects.get(member=lan)
    assert (closed.reason, closed.words, closed.closed_by) == ("messages", "Nhiều tin quá", f"member:{lan.pk}")
    assert finding.by_phone(PHONE) is None
    assert lans.get("/me/").status_code == 302


def test_within_thirty_days_there_is_a_way_back(lans, lan, client, clock):
    left(lans)
    clock.forward(days=29)
    client.post("/me/sign-in", {"phone": PHONE})
    assert client.post("/me/code", {"code": code_for()})["Location"] == "/me/joining"
    assert "Số này có một thẻ đã đóng" in client.get("/me/joining").content.decode()
    assert client.post("/me/joining", {"whose": "mine"})["Location"] == "/me/"
    assert finding.by_phone(PHONE) == lan
    assert client.get("/me/").status_code == 200


def test_a_child_is_told_that_a_parent_has_to_agree(shop, client):
    client.post("/join/", {"phone": "0903 111 222", "name": "Bé Na"})
    client.post("/me/code", {"code": code_for("+84903111222")})
    said = {"name": "Bé Na", "programme": "yes", "terms": "yes", "birthday": f"1/1/{shop.at.year - 10}"}
    answer = client.post("/me/joining", {**said, "marketing": "yes"})
    assert answer.status_code == 422 and "cha mẹ đồng ý" in answer.content.decode()
    assert client.post("/me/joining", said).status_code == 302
