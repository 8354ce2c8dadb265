"""What the watchers see, over real HTTP."""

import requests

from tests.running import Web


def test_a_living_server_says_so_and_is_ready(web: Web) -> None:
    assert requests.get(f"{web.url}/healthz", timeout=10).json() == {"status": "ok"}
    ready = requests.get(f"{web.url}/readyz", timeout=10)
    assert ready.status_code == 200
    assert ready.json() == {
        "status": "ok",
        "database": "ok",
        "valkey": "ok",
        "deliveries": {"seconds": 0.0, "open": 0, "dead": 0},
    }


def test_metrics_are_for_this_machine_only(web: Web) -> None:
    here = requests.get(f"{web.url}/metrics", timeout=10)
    assert here.status_code == 200
    assert "loyalty_deliveries_oldest_seconds 0.0" in here.text
    assert "loyalty_jobs_failed 0" in here.text
    through_a_proxy = requests.get(f"{web.url}/metrics", headers={"X-Forwarded-For": "203.0.113.9"}, timeout=10)
    assert through_a_proxy.status_code == 403


def test_unknown_addresses_of_machines_are_problems_in_the_language_asked_for(web: Web) -> None:
    unknown = requests.get(f"{web.url}/api/v1/nothing", headers={"Accept-Language": "en"}, timeout=10)
    assert unknown.status_code == 404
    assert unknown.headers["Content-Type"] == "application/problem+json"
    assert unknown.json() == {
        "type": "urn:problem:loyalty:not_found",
        "title": "Not found.",
        "status": 404,
        "code": "not_found",
        "detail": "Not found.",
    }
    assert requests.get(f"{web.url}/api/v1/nothing", timeout=10).json()["title"] == "Không tìm thấy."
    assert requests.post(f"{web.url}/healthz", timeout=10).status_code == 405


def test_a_question_without_its_answer_is_answered_without_a_body(web: Web) -> None:
    head = requests.head(f"{web.url}/healthz", timeout=10)
    assert (head.status_code, head.content) == (200, b"")
    assert requests.get(f"{web.url}/api", timeout=10).headers["Content-Type"] == "application/problem+json"
