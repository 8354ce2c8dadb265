"""The contract, played from outside as a till would: what `manage.py pos_check` runs.

Every step answers for itself; a later one that needs what an earlier one could not get says so.
"""

import contextlib
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime

import requests

from api.talking import Complaint, Conversation, Json, alike, expect
from events import clock


def play(url: str, key: str) -> Iterator[tuple[str, str | None]]:
    """(step, None) where it passed, (step, what to mend) where it did not."""
    talk = Conversation(url, key)
    for step in STEPS:
        try:
            step(talk)
        except Complaint as complaint:
            yield _title(step), str(complaint)
        except requests.RequestException as error:
            yield _title(step), f"no answer from {url}: {type(error).__name__}"
            if step is the_key_is_known:
                return
        else:
            yield _title(step), None


def _title(step: Callable[[Conversation], None]) -> str:
    return step.__name__.replace("_", " ")


def the_key_is_known(talk: Conversation) -> None:
    expect(talk.call("GET", "/purchases?receipt=CHECK-nothing"), 404, code="not_found")
    stranger = Conversation(talk.url, "lp_test_aaaaaaaa_" + "A" * 43)
    expect(stranger.call("GET", "/purchases?receipt=CHECK-nothing"), 401, code="key_refused")


def clocks_agree(talk: Conversation) -> None:
    date = talk.call("GET", "/purchases?receipt=CHECK-nothing").headers.get("Date")
    if date is None:
        return
    apart = abs(parsedate_to_datetime(date) - clock.now())
    if apart > timedelta(minutes=5):
        raise Complaint(f"this machine and the server are {apart} apart; bills would wait for staff")


def _new_phone() -> str:
    """A mobile number under 090, where every one of the ten million is a possible number."""
    return f"090{random.randrange(10**7):07d}"  # noqa: S311  a telephone number, no secret


def a_member_joins_once_and_is_found(talk: Conversation) -> None:
    phone = _new_phone()
    body = {
        "phone": phone,
        "name": "Check",
        "consents": [{"purpose": "programme", "channel": "any", "text": "programme-1"}],
    }
    expect(talk.call("POST", "/members", body), 400, code="key_missing")
    first = expect(talk.call("POST", "/members", body, key=f"{talk.run}-join"), 201)
    alike(expect(talk.call("POST", "/members", body, key=f"{talk.run}-join"), 200), first, "the replay of an enrolment")
    expect(talk.call("POST", "/members", body, key=f"{talk.run}-again"), 409, code="member_exists")
    alike(expect(talk.call("GET", f"/members?phone={phone}"), 200)["id"], first["id"], "who the phone names")
    alike(expect(talk.call("GET", f"/members?card={first['card']}"), 200)["id"], first["id"], "who the card names")
    talk.member = first["id"]


def a_quote_writes_nothing(talk: Conversation) -> None:
    talk.bill = talk.new_bill("sale", 105_000, 45_000)
    question = {name: value for name, value in talk.bill.items() if name != "receipt"}
    talk.quoted = expect(talk.call("POST", "/quotes", question), 200)
    expect(talk.call("GET", f"/purchases?receipt={talk.receipt('sale')}"), 404)


def a_sale_is_posted(talk: Conversation) -> None:
    talk.sold = expect(talk.call("POST", "/purchases", talk.bill), 201)
    alike(talk.sold["points"]["earned"], talk.quoted["points"]["earned"], "points earned, sold against quoted")
    alike(talk.sold["pay"], talk.quoted["pay"], "what is paid, sold against quoted")
    if talk.member and talk.sold["member"] != talk.member:
        raise Complaint("the bill is not the member's")


def the_same_again_is_a_replay(talk: Conversation) -> None:
    answer = talk.call("POST", "/purchases", talk.bill)
    alike(expect(answer, 200), talk.sold, "the replay of a sale")
    alike(answer.headers.get("Idempotent-Replayed"), "true", "Idempotent-Replayed")
    turned = dict(reversed(talk.bill.items())) | {"channel": "till", "discounts": []}
    alike(expect(talk.call("POST", "/purchases", turned), 200), talk.sold, "the same said in another order")


def another_body_is_a_conflict(talk: Conversation) -> None:
    other = talk.new_bill("sale", 105_000, 46_000)
    expect(talk.call("POST", "/purchases", other), 409, code="receipt_conflict")


def a_time_out_is_asked_about_by_receipt(talk: Conversation) -> None:
    bill = talk.new_bill("timeout", 20_000)
    # the till does not know whether the sale was posted: it asks
    with contextlib.suppress(requests.Timeout):
        talk.call("POST", "/purchases", bill, seconds=0.001)
    known = talk.call("GET", f"/purchases?receipt={talk.receipt('timeout')}")
    if known.status_code == 404:
        posted = talk.call("POST", "/purchases", bill)
        expect(posted, 200 if posted.status_code == 200 else 201)
    else:
        expect(known, 200)
    first = expect(talk.call("POST", "/purchases", bill), 200)
    asked = expect(talk.call("GET", f"/purchases?receipt={talk.receipt('timeout')}"), 200)
    alike(asked["id"], first["id"], "the bill of the receipt")


def partial_returns_add_up_to_the_whole(talk: Conversation) -> None:
    path = f"/purchases/{_sold(talk)['id']}/returns"
    clawed, paid = 0, 0
    for number, (line, quantity, amount) in enumerate(((1, 0.5, 50_000), (1, 1, 55_000), (2, 0.5, 15_000))):
        body = {
            "receipt": talk.receipt(f"back{number}"),
            "lines": [{"line": line, "quantity": quantity, "amount": amount}],
        }
        part = expect(talk.call("POST", path, body), 201)
        alike(expect(talk.call("POST", path, body), 200), part, "the replay of a return")
        clawed, paid = clawed + part["points"]["clawed_back"], paid + part["refund"]["amount"]
    over = {"receipt": talk.receipt("over"), "lines": [{"line": 1, "quantity": 1, "amount": 1}]}
    expect(talk.call("POST", path, over), 422, code="returns_exceed_purchase")
    rest = expect(talk.call("POST", path, {"receipt": talk.receipt("rest"), "whole": True}), 201)
    alike(clawed + rest["points"]["clawed_back"], talk.sold["points"]["earned"], "points taken back in all")
    alike(paid + rest["refund"]["amount"], talk.sold["pay"]["total"], "money given back in all")
    expect(talk.call("POST", path, {"receipt": talk.receipt("more"), "whole": True}), 422, code="nothing_left")
    known = expect(talk.call("GET", f"/purchases/{talk.sold['id']}"), 200)
    alike(len(known["returns"]), 4, "returns of the bill")


def a_cancelled_bill_never_happened(talk: Conversation) -> None:
    before = _balance(talk)
    sold = expect(talk.call("POST", "/purchases", talk.new_bill("cancel", 250_000)), 201)
    path, key = f"/purchases/{sold['id']}/cancellation", f"{talk.run}-cancel"
    expect(talk.call("POST", path), 400, code="key_missing")
    first = expect(talk.call("POST", path, key=key), 201)
    alike(expect(talk.call("POST", path, key=key), 200), first, "the replay of a cancellation")
    alike(_balance(talk), before, "points after the cancellation")


def a_bill_keyed_wrongly_is_corrected(talk: Conversation) -> None:
    before, bill = _balance(talk)["available"], talk.new_bill("correct", 250_000)
    sold = expect(talk.call("POST", "/purchases", bill), 201)
    path, key = f"/purchases/{sold['id']}/correction", f"{talk.run}-correct"
    wanted = talk.new_bill("correct", 105_000) | {"occurred_at": bill["occurred_at"]}
    body = wanted | {"reason": "keyed wrongly"}
    expect(talk.call("POST", path, body), 400, code="key_missing")
    other = body | {"receipt": talk.receipt("correct-other")}
    expect(talk.call("POST", path, other, key=key), 422, code="other_receipt")
    first = expect(talk.call("POST", path, body, key=key), 201)
    told = (first["receipt"], first["revision"], first["member"])
    alike(told, (bill["receipt"], 2, talk.member), "the next revision")
    alike(expect(talk.call("POST", path, body, key=key), 200), first, "the replay of a correction")
    alike(_balance(talk)["available"], before + first["points"]["earned"], "points after the correction")
    for said in (bill, wanted):
        alike(expect(talk.call("POST", "/purchases", said), 200), first, "the sale sent again")
    asked = expect(talk.call("GET", f"/purchases?receipt={bill['receipt']}"), 200)
    alike(asked["id"], first["id"], "the bill of the receipt")
    again = {"receipt": talk.receipt("correct-back"), "whole": True}
    expect(talk.call("POST", f"/purchases/{sold['id']}/returns", again), 422, code="purchase_corrected")
    expect(talk.call("POST", f"/purchases/{first['id']}/returns", again), 201)
    alike(_balance(talk)["available"], before, "points after the corrected bill came back")


def a_guests_bill_is_claimed_once(talk: Conversation) -> None:
    guest = talk.new_bill("claim", 105_000) | {"member": None}
    sold = expect(talk.call("POST", "/purchases", guest), 201)
    key, before = f"{talk.run}-claim", _balance(talk)["available"]
    body = {
        "member": talk.member,
        "receipt": guest["receipt"],
        "date": sold["occurred_at"][:10],
        "amount": guest["total"],
    }
    expect(talk.call("POST", "/purchases/claims", body), 400, code="key_missing")
    wrong = [body | {"amount": 1}, body | {"receipt": talk.receipt("nothing")}]
    told = [expect(talk.call("POST", "/purchases/claims", one, key=key), 422, code="claim_unknown") for one in wrong]
    alike(told[0], told[1], "the answers to a wrong amount and a wrong receipt")
    first = expect(talk.call("POST", "/purchases/claims", body, key=key), 201)
    alike((first["id"], first["member"]), (sold["id"], talk.member), "the bill claimed, and whose it is")
    alike(_balance(talk)["available"], before + first["points"]["earned"], "points after the claim")
    alike(expect(talk.call("POST", "/purchases/claims", body, key=key), 200), first, "the replay of a claim")
    again = talk.call("POST", "/purchases/claims", body, key=f"{key}-2")
    expect(again, 422, code="already_claimed")
    alike(expect(talk.call("POST", "/purchases", guest), 200), first, "the guest's sale sent again")


def a_bill_moves_to_the_right_member(talk: Conversation) -> None:
    before, other = _balance(talk), _newcomer(talk)
    bill = talk.new_bill("move", 250_000)
    sold = expect(talk.call("POST", "/purchases", bill), 201)
    path, key = f"/purchases/{sold['id']}/member", f"{talk.run}-move"
    body = {"member": other, "reason": "keyed for the wrong member"}
    expect(talk.call("POST", path, body), 400, code="key_missing")
    first = expect(talk.call("POST", path, body, key=key), 201)
    alike(
        (first["id"], first["member"], first["points"]["earned"], first["points"]["balance"]),
        (sold["id"], other, sold["points"]["earned"], sold["points"]["earned"]),
        "the bill at its new member",
    )
    alike(_balance(talk), before, "points of the member it was keyed for")
    alike(expect(talk.call("POST", path, body, key=key), 200), first, "the replay of a move")
    expect(talk.call("POST", path, body, key=f"{key}-2"), 422, code="same_member")
    alike(expect(talk.call("POST", "/purchases", bill), 200), first, "the sale sent again")
    whole = {"receipt": talk.receipt("moveback"), "whole": True}
    back = expect(talk.call("POST", f"/purchases/{sold['id']}/returns", whole), 201)
    alike(back["points"]["clawed_back"], sold["points"]["earned"], "points taken back from the new member")


def _newcomer(talk: Conversation) -> str:
    body = {
        "phone": _new_phone(),
        "name": "Check",
        "consents": [{"purpose": "programme", "channel": "any", "text": "programme-1"}],
    }
    joined: str = expect(talk.call("POST", "/members", body, key=f"{talk.run}-{body['phone']}"), 201)["id"]
    return joined


def an_offline_batch_catches_up(talk: Conversation) -> None:
    now = clock.now()
    bills = [talk.new_bill(f"off{n}", 10_000 + n, at=now - timedelta(hours=n)) for n in range(20)]
    sent = bills + bills[::2]
    random.Random(talk.run).shuffle(sent)  # noqa: S311
    wrong = talk.new_bill("offwrong", 1_000) | {"total": 1}
    answer = expect(talk.call("POST", "/purchases/batch", {"purchases": [*sent, wrong]}), 200)
    results = answer["results"]
    alike(
        [result["receipt"] for result in results], [bill["receipt"] for bill in [*sent, wrong]], "the order of results"
    )
    by_status = [result["status"] for result in results]
    alike((by_status.count(201), by_status.count(200), by_status[-1]), (20, 10, 422), "posted, replayed, refused")


def a_wrong_clock_does_not_block_a_sale(talk: Conversation) -> None:
    now = clock.now()
    ahead = expect(talk.call("POST", "/purchases", talk.new_bill("ahead", 10_000, at=now + timedelta(hours=3))), 201)
    alike(ahead["status"], "review", "a bill three hours ahead")
    old = expect(talk.call("POST", "/purchases", talk.new_bill("old", 10_000, at=now - timedelta(days=100))), 201)
    alike(old["status"], "review", "a bill a hundred days old")
    far = talk.new_bill("far", 10_000, at=now + timedelta(days=3))
    expect(talk.call("POST", "/purchases", far), 422, code="occurred_in_future")
    past = talk.new_bill("past", 10_000, at=now - timedelta(days=500))
    expect(talk.call("POST", "/purchases", past), 422, code="occurred_too_old")
    nowhere = talk.new_bill("nowhere", 10_000) | {"occurred_at": "2026-11-21T10:00:00"}
    expect(talk.call("POST", "/purchases", nowhere), 400, code="malformed")


def mistakes_are_refused_in_clear_words(talk: Conversation) -> None:
    expect(talk.call("POST", "/purchases", talk.new_bill("sum", 10_000) | {"total": 1}), 422, code="total_mismatch")
    expect(talk.call("POST", "/purchases", talk.new_bill("name", 10_000) | {"wrong": 1}), 400, code="malformed")
    nobody = talk.new_bill("nobody", 10_000) | {"member": "00000000-0000-7000-8000-000000000000"}
    expect(talk.call("POST", "/purchases", nobody), 422, code="member_unknown")
    for name in ("sum", "name", "nobody"):
        expect(talk.call("GET", f"/purchases?receipt={talk.receipt(name)}"), 404)


def a_voucher_nobody_has_takes_nothing_off(talk: Conversation) -> None:
    if not talk.member:
        raise Complaint("there is no member; mend the steps above first")
    listed = expect(talk.call("GET", f"/members/{talk.member}/vouchers"), 200)
    alike(listed, {"items": [], "next": None}, "the vouchers of somebody who joined just now")
    nobodys = {"id": "00000000-0000-7000-8000-000000000000"}
    for name, named in (("code", {"code": "0000000000000A"}), ("id", nobodys)):
        bill = talk.new_bill(f"voucher-{name}", 90_000) | {"vouchers": [named]}
        expect(talk.call("POST", "/purchases", bill), 422, code="voucher_unknown")
        expect(talk.call("GET", f"/purchases?receipt={talk.receipt(f'voucher-{name}')}"), 404)
    guest = talk.new_bill("voucher-guest", 90_000) | {"member": None, "vouchers": [nobodys]}
    expect(talk.call("POST", "/purchases", guest), 422, code="member_needed")
    batch = {"purchases": [talk.new_bill("voucher-batch", 90_000) | {"vouchers": [nobodys]}]}
    (result,) = expect(talk.call("POST", "/purchases/batch", batch), 200)["results"]
    alike((result["status"], result["error"]["code"]), (422, "online_only"), "a voucher in a batch")


def points_put_aside_wait_for_their_bill(talk: Conversation) -> None:
    if not talk.member:
        raise Complaint("there is no member; mend the steps above first")
    earned = expect(talk.call("POST", "/purchases", talk.new_bill("hold-earn", 1_000_000)), 201)["points"]["earned"]
    body, key = {"member": talk.member, "points": min(earned, 40)}, f"{talk.run}-hold"
    before = _balance(talk)
    expect(talk.call("POST", "/holds", body), 400, code="key_missing")
    held = expect(talk.call("POST", "/holds", body, key=key), 201)
    alike(expect(talk.call("POST", "/holds", body, key=key), 200), held, "the replay of a hold")
    alike(_balance(talk)["held"], body["points"], "points held")
    bill = talk.new_bill("hold", 500_000) | {"hold": held["id"], "points_to_spend": 10}
    sold = expect(talk.call("POST", "/purchases", bill), 201)
    alike(expect(talk.call("POST", "/purchases", bill), 200), sold, "the replay of a bill with a hold")
    after = before["available"] - 10 + sold["points"]["earned"] - sold["points"]["pending"]
    alike(_balance(talk)["available"], after, "points after the hold")
    again = talk.new_bill("hold-again", 500_000) | {"hold": held["id"], "points_to_spend": 1}
    expect(talk.call("POST", "/purchases", again), 422, code="hold_lapsed")
    other = expect(talk.call("POST", "/holds", body, key=f"{key}-2"), 201)
    for _ in range(2):
        expect(talk.call("DELETE", f"/holds/{other['id']}"), 204)
    alike(_balance(talk)["available"], after, "points after letting go of a hold")


def an_event_nobody_rewards_brings_nothing(talk: Conversation) -> None:
    if not talk.member:
        raise Complaint("there is no member; mend the steps above first")
    before, key = _balance(talk), f"{talk.run}-event"
    said = {"member": talk.member, "type": "check_nothing", "reference": talk.receipt("event")}
    expect(talk.call("POST", "/events", said), 400, code="key_missing")
    for told in (said, said | {"dry_run": True}, said | {"type": "birthday"}):
        expect(talk.call("POST", "/events", told, key=key), 422, code="event_unknown")
    alike(_balance(talk), before, "points after events that nobody rewards")


def what_is_said_of_an_order_is_kept_once(talk: Conversation) -> None:
    order = talk.new_bill("order", 250_000) | {"channel": "online"}
    sold = expect(talk.call("POST", "/purchases", order), 201)
    path, said = f"/purchases/{sold['id']}/events", {"occurred_at": clock.now().isoformat()}
    expect(talk.call("POST", path, said | {"type": "shipped"}), 400, code="key_missing")
    for word in ("shipped", "delivered"):
        key = f"{talk.run}-{word}"
        first = expect(talk.call("POST", path, said | {"type": word}, key=key), 201)
        again = expect(talk.call("POST", path, said | {"type": word}, key=key), 200)
        alike(again["id"], first["id"], "the replay of a word about an order")
    before = _balance(talk)["available"]
    expect(talk.call("POST", path, said | {"type": "failed"}, key=f"{talk.run}-failed"), 201)
    alike(len(expect(talk.call("GET", f"/purchases/{sold['id']}"), 200)["returns"]), 1, "returns of the order")
    alike(_balance(talk)["available"], before - sold["points"]["earned"], "points after the order came back")


def points_leave_with_a_proof_once(talk: Conversation) -> None:
    if not talk.member:
        raise Complaint("there is no member; mend the steps above first")
    expect(talk.call("POST", "/purchases", talk.new_bill("proof-earn", 50_000_000)), 201)
    asked = expect(talk.call("POST", f"/members/{talk.member}/codes"), 202)
    nobody = talk.call("POST", "/members/00000000-0000-7000-8000-000000000000/codes")
    alike(expect(nobody, 202), asked, "the answers about a member and about nobody")
    bill = talk.new_bill("proof", 900_000) | {"points_to_spend": 500}
    expect(talk.call("POST", "/purchases", bill), 422, code="proof_needed")
    expect(talk.call("POST", "/purchases", bill | {"proof": {"code": "000000"}}), 422, code="code_refused")
    expect(talk.call("POST", "/purchases", bill | {"proof": {"pin": "000000"}}), 422, code="pin_refused")
    expect(talk.call("POST", "/purchases", bill | {"proof": {}}), 400, code="malformed")
    # the members of a test key are invented: their code is known
    shown = {"proof": {"code": "123456"}}
    sold = expect(talk.call("POST", "/purchases", bill | shown), 201)
    alike(sold["points"]["spent"], 500, "points spent")
    alike(expect(talk.call("POST", "/purchases", bill), 200), sold, "the same bill again, without the proof")
    again = talk.new_bill("proof-again", 900_000) | {"points_to_spend": 500} | shown
    expect(talk.call("POST", "/purchases", again), 422, code="code_refused")


def _sold(talk: Conversation) -> Json:
    if not talk.sold:
        raise Complaint("there is no sale to take back; mend the steps above first")
    return talk.sold


def _balance(talk: Conversation) -> Json:
    if not talk.member:
        raise Complaint("there is no member; mend the steps above first")
    points: Json = expect(talk.call("GET", f"/members/{talk.member}"), 200)["points"]
    return points


STEPS: tuple[Callable[[Conversation], None], ...] = (
    the_key_is_known,
    clocks_agree,
    a_member_joins_once_and_is_found,
    a_quote_writes_nothing,
    a_sale_is_posted,
    the_same_again_is_a_replay,
    another_body_is_a_conflict,
    a_time_out_is_asked_about_by_receipt,
    partial_returns_add_up_to_the_whole,
    a_cancelled_bill_never_happened,
    a_bill_keyed_wrongly_is_corrected,
    a_guests_bill_is_claimed_once,
    a_bill_moves_to_the_right_member,
    an_offline_batch_catches_up,
    a_wrong_clock_does_not_block_a_sale,
    a_voucher_nobody_has_takes_nothing_off,
    points_put_aside_wait_for_their_bill,
    an_event_nobody_rewards_brings_nothing,
    what_is_said_of_an_order_is_kept_once,
    points_leave_with_a_proof_once,
    mistakes_are_refused_in_clear_words,
)
