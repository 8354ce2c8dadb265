"""What a member finds: their own card, points with reasons, gifts, messages, profile and consents; nobody else's."""

import re
from uuid import uuid4

import pytest

from campaigns.models import InboxMessage
from campaigns.wording import CODE_PLACE
from events import clock
from loyalty import policies
from loyalty.models import Entry, Programme
from members import consenting, finding, qr
from members.models import Consent, Identifier
from rewards import codes, issuing
from rewards.issuing import Wanted
from tests.portal.conftest import sign_in

PAGES = (
    "/me/", "/me/card", "/me/card/code", "/me/points", "/me/vouchers", "/me/inbox", "/me/you", "/me/profile",
    "/me/consents", "/me/welcome",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_a_member_is_theirs_alone_and_kept_by_nobody(page, lans, client):
    answer = lans.get(page)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    text = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text)
    stranger = client.get(page)
    assert stranger.status_code == 302 and stranger["Location"].startswith("/me/sign-in")


def test_a_page_asks_the_database_no_more_however_long_the_history(lans, lan, shop, django_assert_max_num_queries):
    for _ in range(30):
        shop.sell(shop.bill(50_000), lan)
    lans.get("/me/points")
    for page in ("/me/", "/me/points"):
        with django_assert_max_num_queries(26):
            lans.get(page)


def test_points_are_shown_with_the_reason_and_the_shops_word_for_them(lans, lan, shop):
    Programme.objects.update(point_name_vi="hạt")
    policies.change_programme(changes={})
    shop.sell(shop.bill(185_000, receipt="HD-7"), lan)
    page = lans.get("/me/points").content.decode()
    assert "+18" in page
    assert "18 hạt: mỗi 10.000" in page
    assert "HD-7" in page and "Cà phê Phố Quận 1" in page
    assert "điểm" not in re.sub(r"<[^>]*>", " ", page.split("<main")[1])


def test_the_history_goes_on_page_by_page_without_a_gap(lans, lan, shop):
    for _ in range(45):
        shop.sell(shop.bill(20_000), lan)
    seen, address = [], "/me/points"
    for _ in range(3):
        page = lans.get(address, headers={"HX-Request": "true"}).content.decode()
        seen += re.findall(r"Hóa đơn (R\d+)", page)
        more = re.search(r'hx-get="([^"]+)"', page)
        address = more[1] if more else None
    assert len(seen) == len(set(seen)) == Entry.objects.filter(member_id=lan.pk).count() == 45
    assert address is None


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "%00", "1;--"])
def test_a_forged_place_in_the_history_is_the_beginning_or_nothing(lans, before):
    assert lans.get("/me/points", {"before": before}).status_code == 200
    assert lans.get("/me/inbox", {"before": before}).status_code == 200


def test_the_code_on_the_card_is_the_members_and_true_now(lans, lan):
    code = qr.text(lan, clock.now())
    assert qr.verify(code, at=clock.now()) == lan.pk
    page = lans.get("/me/card/code").content.decode()
    assert 'data-every="30"' in page and "<svg" in page


def test_the_numbers_to_be_read_aloud_are_whole(lans, lan):
    page = lans.get("/me/card").content.decode()
    card = Identifier.objects.get(member=lan, kind="card").value
    assert "0912 345 678" in page
    assert " ".join([card[:2], card[2:6], card[6:10], card[10:]]) in page


def test_a_voucher_is_shown_to_its_member_and_is_not_there_for_another(lans, lan, hoa, shop):
    [voucher_id] = issuing.issue(
        key="welcome", wanted=[Wanted(member_id=lan.pk, issued_for="test:1")], by="system", at=shop.at
    ).values()
    code = codes.shown(codes.of(voucher_id))
    assert code in lans.get(f"/me/vouchers/{voucher_id}").content.decode()
    assert lans.get(f"/me/vouchers/{voucher_id}").status_code == 200
    assert sign_in("+84987654321").get(f"/me/vouchers/{voucher_id}").status_code == 404
    assert lans.get(f"/me/vouchers/{uuid4()}").status_code == 404


def test_a_message_is_read_by_its_member_only(lans, lan, hoa, shop):
    shop.welcome(lan)
    shop.dispatch()
    message = InboxMessage.objects.get(member=lan)
    assert '<span class="portal-unread">1</span>' in lans.get("/me/").content.decode()
    assert sign_in("+84987654321").get(f"/me/inbox/{message.pk}").status_code == 404
    message.refresh_from_db()
    assert message.read_at is None
    assert message.subject in lans.get("/me/inbox").content.decode()
    page = lans.get(f"/me/inbox/{message.pk}").content.decode()
    assert message.subject in page and CODE_PLACE not in page
    message.refresh_from_db()
    assert message.read_at is not None
    assert "portal-unread" not in lans.get("/me/").content.decode()
    assert lans.get("/me/inbox/999999999").status_code == 404


def test_a_profile_is_mended(lans, lan):
    told = {"name": "Nguyễn Thị Ngọc Lan", "call_name": "Lan Anh", "birthday": "20/5/1990", "gender": "female",
            "email": "Lan@Example.com", "province": "Huế", "locale": "en"}  # fmt: skip
    assert lans.post("/me/profile", told).status_code == 302
    lan.refresh_from_db()
    assert (lan.name, lan.call_name, lan.birth_year, lan.gender) == ("Nguyễn Thị Ngọc Lan", "Lan Anh", 1990, "female")
    assert (lan.province, lan.locale) == ("Huế", "en")
    assert finding.by_email("lan@example.com") == lan
    assert "Lan Anh" in lans.get("/me/profile").content.decode()


def test_a_profile_that_cannot_be_changes_nothing(lans, lan):
    good = {"name": "Lan", "locale": "vi"}
    for wrong in ({"name": ""}, {"name": "\u200b"}, {"birthday": "31/2"}, {"email": "lan@"}, {"locale": "fr"},
                  {"gender": "x"}, {"birthday": "1/1/2099"}):  # fmt: skip
        assert lans.post("/me/profile", {**good, **wrong}).status_code == 422, wrong
    lan.refresh_from_db()
    assert lan.name == "Nguyễn Thị Lan"


def test_nobody_promotes_themselves(lans, lan):
    lans.post("/me/profile", {"name": "Lan", "locale": "vi", "status": "closed", "is_staff": "1", "balance": "999"})
    lan.refresh_from_db()
    assert lan.status == "active" and not lan.user.is_staff


def test_consents_are_given_and_taken_back_one_way_at_a_time(lans, lan):
    said = {"purpose": "marketing", "channel": "zalo", "text": "marketing-1"}
    lans.post("/me/consents", {**said, "granted": "yes"})
    assert consenting.allows_advertising(member=lan, channel="zalo", at=clock.now())
    assert not consenting.allows_advertising(member=lan, channel="sms", at=clock.now())
    answer = lans.post("/me/consents", {**said, "granted": "no"}, follow=True).content.decode()
    assert not consenting.allows_advertising(member=lan, channel="zalo", at=clock.now())
    assert "Bạn vẫn giữ điểm và hạng." in answer
    rows = Consent.objects.filter(member=lan).order_by("id")
    written = [(row.granted, row.text_id, row.how) for row in rows]
    assert written == [(True, "marketing-1", "portal"), (False, None, "portal")]


def test_a_yes_to_a_text_that_was_replaced_is_not_taken(lans, lan):
    said = {"purpose": "marketing", "channel": "zalo", "text": "marketing-0", "granted": "yes"}
    assert "hãy đọc lại" in lans.post("/me/consents", said, follow=True).content.decode()
    assert not Consent.objects.filter(member=lan).exists()


@pytest.mark.parametrize(
    "said",
    [{"purpose": "marketing", "channel": "any"}, {"purpose": "programme", "channel": "any"}, {"purpose": "x"}, {}],
)
def test_only_the_switches_on_the_page_can_be_turned(lans, lan, said):
    assert lans.post("/me/consents", {**said, "granted": "yes", "text": "marketing-1"}).status_code == 404
    assert not Consent.objects.filter(member=lan).exists()


def test_names_are_shown_as_typed_and_run_nothing(shop):
    shop.member("<script>alert(1)</script> {{7*7}}", phone="0912 345 678")
    browser = sign_in()
    for page in PAGES:
        text = browser.get(page).content.decode()
        assert "<script>alert" not in text, page


def test_without_the_net_the_kept_page_names_its_member_and_a_strangers_names_nobody(lans, lan, client):
    own = lans.get("/me/offline").content.decode()
    assert "Nguyễn Thị Lan" in own and "0912 345 678" in own and "theo lần xem lúc" in own
    assert "Lan" not in client.get("/me/offline").content.decode()


def test_an_app_can_be_made_of_it(client, shop):
    told = client.get("/me/manifest.webmanifest").json()
    assert (told["start_url"], told["scope"], told["display"]) == ("/me/", "/me/", "standalone")
    assert told["name"] == "Cà phê Phố"
    for icon in told["icons"]:
        assert client.get(icon["src"]).content.startswith(b"\x89PNG")
    worker = client.get("/me/worker.js")
    assert worker["Service-Worker-Allowed"] == "/me/"
    assert worker["Content-Type"].startswith("text/javascript")
    assert client.get("/me/icon-7.png").status_code == 404
