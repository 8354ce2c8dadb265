"""The invented chain behaves like a shop. No database: only the history itself."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import phonenumbers
import pytest

from dashboard.seeding import days, history, paying, returns, sheets
from dashboard.seeding.history import History
from dashboard.seeding.visits import GUEST
from members import birthdays

ENDS = datetime(2026, 3, 20, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def chain() -> History:
    return history.invent(members=400, months=12, seed=11, ends=ENDS)


def _everything(*, seed: int) -> str:
    invented = history.invent(members=60, months=3, seed=seed, ends=ENDS)
    bills = range(len(invented.visits))
    sold = sheets.purchases(invented, bills=bills, came_back=returns.invent(invented))
    wishes = paying.planned(invented, chapters=invented.chapters(till_days=7))
    return sold + sheets.members(invented.crowd) + sheets.consents(invented.crowd) + repr(sorted(wishes.items()))


def test_the_same_seed_and_end_give_the_same_bytes() -> None:
    assert _everything(seed=5) == _everything(seed=5)


def test_another_seed_gives_another_shop() -> None:
    assert _everything(seed=5) != _everything(seed=6)


@pytest.mark.parametrize(
    ("year", "first"), [(2025, date(2025, 1, 29)), (2026, date(2026, 2, 17)), (2030, date(2030, 2, 2))]
)
def test_tet_is_counted_in_vietnamese_time(year: int, first: date) -> None:
    assert days.tet(year) == first


def test_nobody_buys_while_tet_closes_the_doors(chain: History) -> None:
    sold_on = {chain.moment(bill).date() for bill in range(len(chain.visits))}

    assert not sold_on & {date(2026, 2, 16), date(2026, 2, 17), date(2026, 2, 18), date(2026, 2, 19)}
    assert {date(2026, 2, 15), date(2026, 2, 20)} <= sold_on


def test_every_bill_is_in_opening_hours_and_before_the_end(chain: History) -> None:
    moments = [chain.moment(bill) for bill in range(len(chain.visits))]

    assert all(7 <= moment.hour < 22 for moment in moments)
    assert moments == sorted(moments)
    assert moments[-1] < ENDS


def test_a_store_sells_nothing_before_it_opens(chain: History) -> None:
    first = {store: int(chain.visits.seconds[chain.visits.store == store][0] // 86_400) for store in range(5)}

    assert first[0] == first[1] == 0
    assert first[2] < first[3] < first[4]
    assert first[2] > 30


def test_receipts_count_up_in_each_store(chain: History) -> None:
    numbers = [receipt for receipt in chain.receipts if receipt.startswith("PN")]

    assert len(set(chain.receipts)) == len(chain.receipts)
    assert numbers == sorted(numbers)


def test_phones_are_unique_mobile_numbers_that_no_operator_gives_out(chain: History) -> None:
    phones = [person.phone for person in chain.crowd]

    assert len(set(phones)) == len(phones)
    assert all(phone.startswith("095") for phone in phones)
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(phone, "VN")) for phone in phones)


def test_birthdays_are_told_in_several_ways_and_all_are_possible(chain: History) -> None:
    told = [person for person in chain.crowd if person.birth_date]
    read = [birthdays.read(p.birth_date, calendar=p.birth_calendar, bulk=True) for p in told]

    assert 0.6 < len(told) / len(chain.crowd) < 0.85
    assert {birthday.calendar for birthday in read} == {"solar", "lunar"}
    assert any(birthday.year is None for birthday in read)
    assert any(birthday.unsure for birthday in read)


def test_nobody_buys_before_joining_and_everybody_agreed_to_the_programme(chain: History) -> None:
    for person in chain.crowd:
        assert person.joined_at < ENDS
        assert ("programme", "any") in person.agreed
    first = {chain.visits.person[bill]: chain.moment(bill) for bill in reversed(range(len(chain.visits)))}
    assert all(chain.crowd[who].joined_at < moment for who, moment in first.items() if who != GUEST)


def test_four_in_ten_bills_are_guests_and_few_members_bring_most_revenue() -> None:
    big = history.invent(members=3000, months=18, seed=1, ends=ENDS)
    guests = float(np.mean(big.visits.person == GUEST))
    spent = np.zeros(3000)
    np.add.at(spent, big.visits.person[big.visits.person != GUEST], big.totals[big.visits.person != GUEST])
    best = np.sort(spent)[::-1][:600].sum() / spent.sum()
    bills = Counter(big.visits.person[big.visits.person != GUEST].tolist())

    assert 0.35 <= guests <= 0.47
    assert 0.55 <= best <= 0.8
    assert 0.1 <= sum(count == 1 for count in bills.values()) / 3000 <= 0.3


def test_tet_gifts_sell_before_tet_only(chain: History) -> None:
    tet = days.tet(2026)
    text = sheets.purchases(chain, bills=range(len(chain.visits)), came_back=[])
    sold = [date.fromisoformat(row.split(",")[3][:10]) for row in text.splitlines() if ",QT0" in row]

    assert sold
    assert all(tet - timedelta(days=24) <= day <= tet - timedelta(days=2) for day in sold)


def test_nobody_plans_to_pay_with_more_points_than_the_months_before_left(chain: History) -> None:
    chapters = chain.chapters(till_days=7)
    wishes = paying.planned(chain, chapters=chapters)
    earned: Counter[int] = Counter()
    spent: Counter[int] = Counter()

    for start, end in chapters:
        bills = [b for b in chain.bills_between(start, end) if chain.member_of(b) is not None]
        for bill in bills:
            spent[int(chain.visits.person[bill])] += wishes.get(bill, 0)
            assert wishes.get(bill, 0) * paying.POINT_VALUE <= chain.totals[bill]
        assert all(spent[who] <= earned[who] for who in spent)
        for bill in bills:
            earned[int(chain.visits.person[bill])] += int(chain.totals[bill]) // paying.EARNS_PER
    assert 0.01 < len(wishes) / sum(chain.visits.person != GUEST) < 0.08


def test_the_chapters_cover_the_history_without_a_gap(chain: History) -> None:
    chapters = chain.chapters(till_days=7)

    assert chapters[0][0] == chain.begins
    assert chapters[-1][1] == chain.ends
    assert all(one[1] == other[0] for one, other in pairwise(chapters))
    assert sum(len(chain.bills_between(*chapter)) for chapter in chapters) == len(chain.visits)
