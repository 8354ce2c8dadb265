import pytest
from django.db import connection

from members import identifying, searching
from members.models import Identifier, Member
from tests.factories.people import JOINED_AT, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lan(db) -> Member:
    return MemberFactory(
        name="Nguyễn Thị Ngọc Lan", phone="0912345678", card="VIP-00071", email="lan@example.vn", external_id="KH 7/26"
    )


@pytest.fixture(autouse=True)
def others(db) -> list[Member]:
    return [MemberFactory(name=name) for name in ("Trần Văn Minh", "Lê Ngọc Ánh", "Đỗ Lan Anh", "Lâm Văn Ngọc")]


def names(text: str, **how) -> list[str]:
    return [found.name for found in searching.search(text, **how)]


@pytest.mark.parametrize(
    "text",
    [
        "0912 345 678",
        "+84912345678",
        "84.912.345.678",
        "5678",
        "45678",
        "912 345 678",
        "12345678",
        "5678 lan",
        "lan 5678",
        "5678 NGỌC la",
        "345678 nguyen",
        "vip-00071",
        "VIP00071",
        "KH 7/26",
        "LAN@example.vn",
        "nguyễn thị ngọc lan",
        "NGUYEN THI NGOC LAN",
        "nguyen",
        "nguyen t",
        "ngoc lan",
        "thi lan",
        "nguyen lan",
        "nguyen ngoc la",
        "thi ngoc",
        "lan nguyen",
        "lan thi nguyen",
        "  ngoc\tlan ",
        "Nguyê\u0303n",
    ],
)
def test_lan_is_found_by_what_people_say(lan, text):
    found = searching.search(text)
    assert found[0].member_id == lan.pk
    assert len({hit.member_id for hit in found}) == len(found)


def test_a_found_member_shows_what_a_list_needs(lan):
    [found] = searching.search("0912345678")
    assert (found.name, found.call_name, found.honorific) == ("Nguyễn Thị Ngọc Lan", "Lan", "bạn")
    assert (found.phone, found.card) == ("+84912345678", "VIP00071")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lan", {"Nguyễn Thị Ngọc Lan", "Đỗ Lan Anh"}),
        ("la", {"Nguyễn Thị Ngọc Lan", "Đỗ Lan Anh", "Lâm Văn Ngọc"}),
        ("ngoc", {"Nguyễn Thị Ngọc Lan", "Lê Ngọc Ánh", "Lâm Văn Ngọc"}),
        ("do lan", {"Đỗ Lan Anh"}),
        ("minh van", {"Trần Văn Minh"}),
        ("van", {"Trần Văn Minh", "Lâm Văn Ngọc"}),
        ("hung", set()),
    ],
)
def test_words_find_everyone_who_bears_them(lan, text, expected):
    assert set(names(text)) == expected


@pytest.mark.parametrize(
    "text",
    ["", " ", "%", "_", "\\", "____", "l_n", "lan%", "'", "\0", "\ud800", "\u202e", "5678 %", "%5678", "@",
     "x" * 10_000, "1" * 10_000, "lan " * 40, "(((((", "12 34 lan 5678 9999 1111", "🙂", "DROP TABLE"],
)  # fmt: skip
def test_anything_else_does_no_harm(lan, text):
    found = searching.search(text)
    assert {hit.name for hit in found} <= {"Nguyễn Thị Ngọc Lan", "Đỗ Lan Anh"}


@pytest.mark.parametrize("text", ["%", "_", "l_n", "5678 %", "%%%%"])
def test_a_wildcard_is_no_pattern(lan, text):
    assert names(text) == [] or text == "5678 %"


def test_a_card_or_phone_that_is_no_longer_hers_finds_nobody(lan):
    Identifier.objects.filter(member=lan, kind__in=["card", "phone"]).update(until_at=JOINED_AT)
    assert names("0912345678") == names("5678") == names("VIP00071") == []


def test_closed_and_practice_members_are_not_found_among_the_living(lan):
    MemberFactory(name="Lan Tập Sự", phone="0912345678", practice=True)
    assert names("lan tap") == []
    assert names("lan", practice=True) == names("tap la", practice=True) == ["Lan Tập Sự"]
    assert names("0912345678", practice=True) == names("5678 lan", practice=True) == ["Lan Tập Sự"]
    Member.objects.filter(pk=lan.pk).update(status="closed")
    assert names("0912345678") == names("nguyen") == names("5678") == []


@pytest.mark.parametrize("text", ["ha", "tran ha", "ha tran", "7777"])
@pytest.mark.parametrize("practice", [False, True])
def test_pages_follow_each_other_without_gap_or_repeat(text, practice):
    for number in range(25):
        MemberFactory(name=f"Trần {'Hà ' * (number % 3)}Hạ", phone=f"09{number:04d}7777", practice=practice)
    everyone = [hit.member_id for hit in searching.search(text, limit=100, practice=practice)]
    assert len(set(everyone)) == len(everyone) == 25
    paged, cursor = [], None
    while page := searching.search(text, limit=4, after=cursor, practice=practice):
        assert len(page) <= 4
        paged += [hit.member_id for hit in page]
        cursor = page[-1].cursor
    assert paged == everyone


@pytest.mark.parametrize(
    "cursor", ["", "0", "x.y.z", "0.00000000-0000-0000-0000-000000000000.'; DROP", "9" * 5000, "\0"]
)
def test_a_forged_cursor_is_refused(cursor):
    with pytest.raises(searching.CursorUnreadable):
        searching.search("lan", after=cursor)


def test_a_limit_is_kept_within_bounds():
    for _ in range(3):
        MemberFactory(name="Lan")
    assert len(names("lan", limit=2)) == 2
    assert names("lan", limit=0) == names("lan", limit=-5) == []


FORMS = {
    "0912345678": "an_identifier_has_one_owner",
    "VIP00071": "an_identifier_has_one_owner",
    "5678": "identifier_phone_last4",
    "345678": "identifier_phone_end",
    "5678 lan": "identifier_phone_last4",
    "lan@example.vn": "identifier_email",
    "nguyen lan": "members_nametoken_pkey",
    "lan nguyen": "members_nametoken_pkey",
}


def test_every_form_walks_its_index(lan, django_assert_max_num_queries):
    many_members(5000)
    for text, index in FORMS.items():
        with django_assert_max_num_queries(3) as captured:
            assert searching.search(text)
        plans = [plan for query in captured.captured_queries for plan in explained(query["sql"])]
        assert any(index in line for line in plans), text + "\n" + "\n".join(plans)
        assert not any("Seq Scan" in line for line in plans), text + "\n" + "\n".join(plans)


def many_members(count: int) -> None:
    """So many that the planner looks for an index."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH born AS (
              INSERT INTO members_member (name, folded_name, joined_at, created_at, birth_calendar)
              SELECT 'Mai ' || n, 'mai ' || n, %(at)s, %(at)s, 'solar' FROM generate_series(1, %(count)s) n
              RETURNING id, folded_name
            ), named AS (
              INSERT INTO members_identifier (member_id, kind, value, from_at)
              SELECT id, 'phone', '+8493' || lpad((row_number() OVER () * 7919 %% 10000000)::text, 7, '0'), %(at)s
              FROM born
            )
            INSERT INTO members_nametoken SELECT folded_name, id FROM born;
            ANALYZE members_member, members_identifier, members_nametoken
            """,
            {"count": count, "at": JOINED_AT},
        )


def explained(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql)
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Lan",
        "Lan Lan",
        "Nguyễn Thị Lan",
        "Nguyễn Thị Ngọc Lan",
        "Trần Hà Hà Hà Hạ",
        "A B C D E F",
        "Công Tằng Tôn Nữ Thị Ngọc Lan Anh",
        " ".join(f"tu{number}" for number in range(30)),
        "Hubert Blaine Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren Senior",
        "김 철수",
    ],
)
def test_set_based_writers_make_the_same_tokens(db, name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT members_search_tokens(%s)", [" ".join(identifying.words(name))])
        assert sorted(row[0] for row in cursor.fetchall()) == identifying.search_tokens(name)


def test_a_whole_name_in_its_order_finds_nobody_whose_words_stand_in_another() -> None:
    lan = MemberFactory(name="Nguyễn Thị Lan")
    MemberFactory(name="Lan Nguyễn Thị")

    assert [found.member_id for found in searching.search("nguyen thi lan")] == [lan.pk]
    assert len(searching.search("lan nguyen")) == 2
