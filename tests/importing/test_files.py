"""Files as they really come: other separators, marks, broken lines, formulas, wrong encodings. Nothing good is lost."""

import io
import unicodedata
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from loyalty import founding, policies
from loyalty.models import Purchase, PurchaseLine
from members.importing.reading import FileUnreadable
from members.models import Member
from tests.importing.files import BILLS, NOW, bills, load

pytestmark = pytest.mark.django_db

GOOD = "Q1,{n},0912345678,2026-11-20T08:15:00+07:00,CF1,Cà phê,coffee,1,58000,,sale,"


@pytest.fixture(autouse=True)
def programme() -> None:
    founding.found(name="Cà phê Sáng", at=NOW)
    policies.forget()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\n", "empty"),
        (f"{BILLS}\n{GOOD}\n".encode("utf-16"), "not_utf8"),
        (
            f"{BILLS}\n{GOOD.format(n=1)}\nQ1,2,,2026-11-20,,Cà,,1,1,,,\n".encode("cp1258", "replace") + b"\xc0\xff\n",
            "not_utf8",
        ),
        (BILLS.encode() + b"\n" + b"Q1,1,,2026-11-20,,\xc3\x28,,1,58000,,,\n", "not_utf8"),
        (BILLS.encode() + b"\nQ1,1,\x00,2026-11-20,,,,1,58000,,,\n", "nul"),
        (b"a,b,c\n1,2,3\n", "columns_missing"),
        (b"store,receipt,member,occurred_at\n", "columns_missing"),
        (BILLS.encode() + b",colour\n", "columns_unknown"),
        (BILLS.encode() + b",store\n", "columns_twice"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", "not_utf8"),
    ],
)
def test_what_is_no_such_file_is_refused_whole_and_nothing_is_written(content: bytes, why: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        load(io.BytesIO(content))

    assert refused.value.details["why"] == why
    assert not Purchase.objects.exists() and not Member.objects.exists()


def test_the_line_of_the_wrong_byte_is_named(tmp_path: Path) -> None:
    file = tmp_path / "bills.csv"
    file.write_bytes(BILLS.encode() + b"\n" + GOOD.format(n=1).encode() + b"\nQ1,2,\xff,2026-11-20,,,,1,1,,,\n")

    with pytest.raises(CommandError, match="3"):
        call_command("import_purchases", str(file), "--create-members", "--create-stores")
    with pytest.raises(CommandError, match="nowhere"):
        call_command("import_purchases", str(tmp_path / "nowhere.csv"))


@pytest.mark.parametrize(
    "spelled",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r\n", 1),
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\n\n",
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace("Cà phê", "Cà\u200b phê\u00ad"),
        lambda text: text.replace("Cà phê", '"Cà phê"'),
        lambda text: text.replace("58000", "58000.00"),
        lambda text: text.replace("Q1,", " Q1 ,").replace("0912345678", "0912345678 "),
        lambda text: text.upper().replace("CÀ PHÊ", "Cà phê").replace("SALE", "Sale").replace("COFFEE", "coffee"),
    ],
)
def test_every_honest_spelling_of_a_file_brings_the_same_bills(spelled) -> None:  # type: ignore[no-untyped-def]
    text = "\n".join([BILLS, *(GOOD.format(n=n) for n in range(3)), ""])
    load(io.BytesIO(text.encode()))

    again = load(io.BytesIO(spelled(text).encode()))

    assert (again.rows, again.posted, again.refused) == (3, 0, 0)
    assert again.known == 3


def test_columns_in_any_order_and_only_those_needed() -> None:
    done = load(
        bills("58000,2026-11-20,0912345678,1,Q1", header="amount,occurred_at,member,receipt,store"),
    )

    assert (done.posted, done.points) == (1, 5)
    line = PurchaseLine.objects.get()
    assert (line.quantity, line.amount, line.sku) == (1, 58_000, "")


def test_lines_without_end_and_with_too_many_cells_cost_no_good_one() -> None:
    errors = io.StringIO()
    done = load(
        bills(
            GOOD.format(n=1),
            'Q1,2,0912345678,2026-11-20,CF1,"Cà phê,coffee,1,58000,,sale,',
            GOOD.format(n=3),
            "Q1,4,0912345678,2026-11-20,CF1,Cà phê, sữa đá,coffee,1,58000,,sale,",
            "Q1,5",
            'Q1,6,0912345678,2026-11-20,CF1,"Cà ""phê""\nhai dòng",coffee,1,58000,,sale,',
            GOOD.format(n=7),
        ),
        errors=errors,
    )

    assert done.rows == 7
    assert (done.posted, done.problems) == (4, {"cells_wrong": 2, "quotes_wrong": 1})
    assert PurchaseLine.objects.filter(name='Cà "phê"\nhai dòng').count() == 1
    assert [line.split(",")[:2] for line in errors.getvalue().splitlines()[1:]] == [
        ["3", "quotes_wrong"],
        ["5", "cells_wrong"],
        ["6", "cells_wrong"],
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Q1,9,,2026-11-20,,,,1,-1,,sale,", "amount_negative"),
        ("Q1,9,,2026-11-20,,,,1,1e5,,sale,", "amount_unreadable"),
        ("Q1,9,,2026-11-20,,,,1,NaN,,sale,", "amount_unreadable"),
        ("Q1,9,,2026-11-20,,,,1,,,sale,", "amount_unreadable"),
        ("Q1,9,,2026-11-20,,,,1,1.5,,sale,", "amount_too_fine"),
        ("Q1,9,,2026-11-20,,,,1,１２,,sale,", "amount_unreadable"),
        ("Q1,9,,2026-11-20,,,,1,100000000001,,sale,", "amount_out_of_bounds"),
        ("Q1,9,,2026-11-20,,,,1,999999999999999999999999,,sale,", "amount_out_of_bounds"),
        ("Q1,9,,2026-11-20,,,,0,1,,sale,", "quantity_unreadable"),
        ("Q1,9,,2026-11-20,,,,1.00001,1,,sale,", "quantity_unreadable"),
        ("Q1,9,,2026-11-20,,,,-1,1,,sale,", "quantity_negative"),
        ("Q1,9,,2026-11-20,,,,1,1,x,sale,", "cost_unreadable"),
        ("Q1,9,,now,,,,1,1,,sale,", "occurred_at_unreadable"),
        ("Q1,9,,05/11/2026,,,,1,1,,sale,", "occurred_at_unreadable"),
        ("Q1,9,,20-11-26,,,,1,1,,sale,", "occurred_at_unreadable"),
        ("Q1,9,,2026-02-30,,,,1,1,,sale,", "occurred_at_unreadable"),
        ("Q1,9,,0001-01-01,,,,1,1,,sale,", "occurred_at_unreadable"),
        ("Q1,9,,,,,,1,1,,sale,", "occurred_at_unreadable"),
        ("Q1,9,,2026-11-23,,,,1,1,,sale,", "occurred_in_future"),
        ("Q1,,,2026-11-20,,,,1,1,,sale,", "receipt_missing"),
        (",9,,2026-11-20,,,,1,1,,sale,", "store_missing"),
        ("Q 1,9,,2026-11-20,,,,1,1,,sale,", "store_unknown"),
        ("Q1,9,,2026-11-20,,,,1,1,,gift,", "kind_unknown"),
        (f"Q1,9,,2026-11-20,{'x' * 401},,,1,1,,sale,", "text_too_long"),
        ("Q1,9,,2026-11-20,,,,1,1,,return,8", "original_unknown"),
    ],
)
def test_a_row_that_cannot_be_read_waits_with_its_reason_and_the_others_are_kept(row: str, reason: str) -> None:
    done = load(bills(GOOD.format(n=1), row, GOOD.format(n=2)))

    assert (done.posted, done.problems) == (2, {reason: 1})


def test_a_bill_with_one_bad_row_waits_as_a_whole() -> None:
    done = load(bills(GOOD.format(n=1), GOOD.format(n=1).replace("58000", "x"), GOOD.format(n=2)))

    assert (done.posted, done.problems) == (1, {"amount_unreadable": 1, "bill_incomplete": 1})
    mixed = load(bills(GOOD.format(n=3), GOOD.format(n=3).replace("08:15", "08:16")))
    assert mixed.problems == {"bill_mixed": 2}


def test_formulas_are_kept_as_typed_and_harmless_in_the_errors_file(tmp_path: Path) -> None:
    file = tmp_path / "bills.csv"
    formula = '"=HYPERLINK(""http://x"",""y"")"'
    file.write_text(
        "\n".join([BILLS, f"Q1,1,+84912345678,2026-11-20,@SKU,{formula},-cat,1,58000,,sale,",
                   f"Q1,2,+84912345678,2026-11-20,@SKU,{formula},-cat,1,x,,sale,", ""]), encoding="utf-8"
    )  # fmt: skip

    done = load(file, errors=tmp_path / "bad.csv")

    assert (done.posted, done.errors_file) == (1, tmp_path / "bad.csv")
    assert PurchaseLine.objects.get().name == '=HYPERLINK("http://x","y")'
    bad = (tmp_path / "bad.csv").read_text(encoding="utf-8")
    assert "3,amount_unreadable,Q1,2,'+84912345678,2026-11-20,'@SKU,\"'=HYPERLINK" in bad

    # mended, the errors file is a file like any other
    (tmp_path / "bad.csv").write_text(bad.replace(",1,x,", ",1,58000,"), encoding="utf-8")
    mended = load(tmp_path / "bad.csv", errors=io.StringIO())
    assert (mended.posted, mended.refused) == (1, 0)
    assert set(PurchaseLine.objects.values_list("name", "sku")) == {('=HYPERLINK("http://x","y")', "@SKU")}
    assert Member.objects.count() == 1


def test_the_errors_file_lies_beside_the_file_and_the_command_says_so(tmp_path: Path) -> None:
    file = tmp_path / "bills.csv"
    file.write_text("\n".join([BILLS, GOOD.format(n=1), GOOD.format(n=2).replace("58000", "x"), ""]), encoding="utf-8")
    out = io.StringIO()

    call_command("import_purchases", str(file), "--create-members", "--create-stores", stdout=out)

    assert "bills.csv.errors.csv" in out.getvalue() and "amount_unreadable" in out.getvalue()
    assert (tmp_path / "bills.csv.errors.csv").read_text(encoding="utf-8").count("\n") == 2


def test_cents_are_kept_in_a_currency_that_has_them() -> None:
    from loyalty.models import Programme

    Programme.objects.update(currency="USD")
    done = load(bills("Q1,1,0912345678,2026-11-20,,,,1,29.33,10.555,sale,", "Q1,2,,2026-11-20,,,,1,29.333,,sale,"))

    assert Purchase.objects.get().total == 2933
    assert PurchaseLine.objects.get().cost == 1056
    assert done.problems == {"amount_too_fine": 1}
