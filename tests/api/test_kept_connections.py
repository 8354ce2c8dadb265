"""A till keeps its connection: whatever it was answered, the next call on it is heard."""

import requests

from tests.api import bodies
from tests.api.conftest import Till

CALLS = 150


def test_a_refusal_before_the_body_was_looked_at_leaves_the_connection_whole(till: Till) -> None:
    stranger = Till(till.url, "lp_test_aaaaaaaa_" + "A" * 43, requests.Session())
    for _ in range(CALLS):
        # refused by its missing key, by its key, by its address and by its method
        assert till.post("/api/v1/members", bodies.enrolment()).status_code == 400
        assert till.post("/api/v1/members/nobody", bodies.enrolment()).status_code == 405
        assert till.post("/api/v1/nothing", bodies.enrolment()).status_code == 404
        assert stranger.post("/api/v1/purchases", bodies.bill()).status_code == 401
