"""A till, or a shop's own software, says what a member did; each occurrence is rewarded once."""

import pytest

from events import clock
from loyalty import bonus_events
from loyalty.models import BonusEvent, EventAward
from tests.api import bodies
from tests.api.conftest import Shop, Till

EVENTS, MEMBERS = "/api/v1/events", "/api/v1/members"


@pytest.fixture
def lan(till: Till) -> str:
    enrolled: str = till.post(MEMBERS, bodies.enrolment(), key=bodies.number()).json()["id"]
    return enrolled


@pytest.fixture
def kind() -> str:
    """The shop gives 50 points for every such event, twice a day at most."""
    key, now = f"review_{bodies.number('')}", clock.now()
    version = BonusEvent(
        key=key, name_vi="Viết đánh giá", name_en="A review", points=50, often="every", most_a_day=2, valid_from=now
    )
    bonus_events.publish(version, by="user:1", at=now)
    return key


def test_a_review_is_told_and_rewarded_once(till: Till, lan: str, kind: str) -> None:
    body, key = {"member": lan, "type": kind, "reference": "R-1"}, bodies.number()
    first = till.post(EVENTS, body, key=key)
    assert first.status_code == 201, first.text
    told = first.json()
    why = [{"rule": kind, "points": 50, "text": "50 points: A review"}]
    assert told == {"id": told["id"], "dry_run": False, "points": 50, "balance": 50, "explanation": why}
    again = till.post(EVENTS, body, key=key)
    assert (again.status_code, again.json(), again.headers["Idempotent-Replayed"]) == (200, told, "true")
    other_key = till.post(EVENTS, body, key=bodies.number())
    assert (other_key.status_code, other_key.json()["code"]) == (422, "event_already_rewarded")
    other_body = till.post(EVENTS, body | {"reference": "R-2"}, key=key)
    assert (other_body.status_code, other_body.json()["code"]) == (409, "key_conflict")
    (line,) = till.get(f"{MEMBERS}/{lan}/statement").json()["items"]
    assert (line["kind"], line["points"], line["text"]) == ("bonus", 50, "Bonus: A review")


def test_a_key_that_names_another_member_is_a_conflict(till: Till, lan: str, kind: str) -> None:
    huong = till.post(MEMBERS, bodies.enrolment(name="Hương"), key=bodies.number()).json()["id"]
    key = bodies.number()
    assert till.post(EVENTS, {"member": lan, "type": kind, "reference": "R"}, key=key).status_code == 201
    other = till.post(EVENTS, {"member": huong, "type": kind, "reference": "R"}, key=key)
    assert (other.status_code, other.json()["code"]) == (409, "key_conflict")
    nobody = {"member": "00000000-0000-7000-8000-000000000000", "type": kind, "reference": "R"}
    assert till.post(EVENTS, nobody, key=key).status_code == 200, "a replay whose member no longer resolves"


def test_a_dry_run_answers_and_leaves_the_key_and_the_points_alone(till: Till, lan: str, kind: str) -> None:
    body, key = {"member": lan, "type": kind, "reference": "R"}, bodies.number()
    before = EventAward.objects.count()
    would = till.post(EVENTS, body | {"dry_run": True}, key=key)
    assert (would.status_code, would.json()["id"], would.json()["balance"]) == (200, None, 50)
    assert "Idempotent-Replayed" not in would.headers and EventAward.objects.count() == before
    assert till.post(EVENTS, body, key=key).status_code == 201
    refused = till.post(EVENTS, body | {"dry_run": True}, key=bodies.number())
    assert (refused.status_code, refused.json()["code"]) == (422, "event_already_rewarded")


@pytest.mark.parametrize("type", ["joined", "profile_completed", "birthday", "never_heard_of"])
def test_what_the_house_sees_by_itself_cannot_be_told(till: Till, lan: str, type: str) -> None:
    refused = till.post(EVENTS, {"member": lan, "type": type, "reference": "R"}, key=bodies.number())
    assert (refused.status_code, refused.json()["code"]) == (422, "event_unknown")


def test_a_limit_and_a_missing_reference_are_told_in_both_languages(till: Till, lan: str, kind: str) -> None:
    for number in range(2):
        till.post(EVENTS, {"member": lan, "type": kind, "reference": f"R{number}"}, key=bodies.number())
    third = {"member": lan, "type": kind, "reference": "R3"}
    refused = till.post(EVENTS, third, key=bodies.number()).json()
    assert (refused["code"], refused["detail"]) == (
        "limit_reached",
        "This member was rewarded 2 times, as often as may be.",
    )
    headers = {"Accept-Language": "vi", "Idempotency-Key": bodies.number()}
    said = till.send("POST", EVENTS, json=third, headers=headers).json()
    assert said["detail"] == "Thành viên đã được thưởng đủ 2 lần."
    nameless = till.post(EVENTS, {"member": lan, "type": kind}, key=bodies.number())
    assert (nameless.status_code, nameless.json()["code"]) == (422, "reference_missing")


def test_practice_and_business_do_not_meet(shop: Shop, till: Till, lan: str, kind: str) -> None:
    practice = shop.till_with("earn", "enrol", test=True)
    body = {"member": lan, "type": kind, "reference": "R"}
    refused = practice.post(EVENTS, body, key=bodies.number())
    assert (refused.status_code, refused.json()["code"]) == (422, "member_unknown")
    no_scope = shop.till_with("lookup").post(EVENTS, body, key=bodies.number())
    assert (no_scope.status_code, no_scope.json()["code"]) == (403, "scope_missing")
