"""A file is brought, its columns are told, it is checked, it is let in, and what was refused comes back."""

import io
import os
import re
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dashboard import access
from dashboard.importing import files, kinds, preparing
from events import clock, jobs
from events.models import Job
from loyalty import queries
from loyalty.models import Purchase
from members.models import Identifier, Member

PEOPLE = """Mã khách hàng;Tên khách hàng;Điện thoại;Ngày sinh;Điểm hiện tại;Ghi chú
KH001;Trần Thị Hoa;0911 000 001;20/05/1990;1.250;vip
KH002;=HYPERLINK("x");0911000002;31/02/1991;;
KH003;Lê Văn Tú;12345;;;
KH004;Phạm An;0911000004;;10;
"""


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.IMPORT_DIR = str(tmp_path / "imports")


def bring(browser, content: str | bytes, *, kind: str = "members", name: str = "khách.csv") -> str:
    """Upload a file; answers its token."""
    sent = SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode("utf-8-sig"))
    answer = browser.post(reverse("admin:imports"), {"kind": kind, "file": sent})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return answer["Location"].split("/")[-3]


def tell_columns(browser, token: str, **others) -> None:
    page = browser.get(reverse("admin:import_columns", args=[token])).content.decode()
    chosen = dict.fromkeys(re.findall(r'name="(column_\d+)"', page), "")
    brought = files.find(token)
    from dashboard.importing.sheets import Sheet

    for place, field in kinds.guess(brought.kind, Sheet(brought.original).headers).items():
        chosen[f"column_{place}"] = field
    answer = browser.post(reverse("admin:import_columns", args=[token]), chosen | others)
    assert answer.status_code == 302, answer.content.decode()


def work() -> Job:
    """Let the worker do what was asked for last, to its end."""
    job = Job.objects.filter(kind="import").latest("id")
    while jobs.run_chunk(id=job.pk, at=clock.now()):
        pass
    job.refresh_from_db()
    assert job.state == "done", job.last_error
    return job


def test_a_tills_file_of_members_is_checked_then_let_in_and_bad_rows_come_back_harmless(admin, shop):
    token = bring(admin, PEOPLE)
    tell_columns(admin, token)
    work()
    page = admin.get(reverse("admin:import_result", args=[token])).content.decode()
    assert "Chưa ghi gì cả" in page
    assert "số điện thoại không đọc được" in page
    assert not Member.objects.exists(), "a check writes nothing"

    assert "Nhập thật" in admin.post(reverse("admin:import_result", args=[token]), {"do": "ask"}).content.decode()
    admin.post(reverse("admin:import_result", args=[token]), {"do": "run"})
    work()
    hoa = Identifier.objects.get(kind="phone", value="+84911000001").member
    assert (hoa.name, hoa.birth_day, hoa.birth_month) == ("Trần Thị Hoa", 20, 5)
    assert queries.balance(hoa.pk, at=clock.now()).available == 1250
    assert Member.objects.count() == 2

    answer = admin.get(reverse("admin:import_errors", args=[token]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "no-store" in answer["Cache-Control"]
    assert text.splitlines()[0] == "line,reason,Mã khách hàng,Tên khách hàng,Điện thoại,Ngày sinh,Điểm hiện tại,Ghi chú"
    assert text.splitlines()[1].startswith("3,ngày sinh không có thật,KH002,\"'=HYPERLINK"), text
    assert text.splitlines()[2].startswith("4,số điện thoại không đọc được,KH003,Lê Văn Tú,12345")

    # mended and brought again: its own columns are known, its marks are taken off, nothing doubles
    again = bring(admin, text.replace("31/02/1991", "28/02/1991").replace("12345", "0911000003"), name="lỗi.csv")
    tell_columns(admin, again)
    work()
    admin.post(reverse("admin:import_result", args=[again]), {"do": "run"})
    work()
    assert set(Member.objects.values_list("name", flat=True)) == {
        "Trần Thị Hoa",
        '=HYPERLINK("x")',
        "Lê Văn Tú",
        "Phạm An",
    }


def test_an_excel_file_of_bills_is_let_in_under_the_rules_of_the_till_and_again_changes_nothing(admin, shop, lan):
    book = openpyxl.Workbook()
    book.active.append(["Chi nhánh", "Mã hóa đơn", "Thời gian", "Điện thoại", "Mã hàng", "Số lượng", "Thành tiền"])
    book.active.append([shop.name, "HD1", "01/10/2026 10:30", "0912345678", "CF1", 1, 58000])
    book.active.append([shop.name, "HD1", "01/10/2026 10:30", "0912345678", "BK1", 2, "47.000 ₫"])
    book.active.append(["Chỗ lạ", "HD2", "01/10/2026 10:30", "", "CF1", 1, 20000])
    packed = io.BytesIO()
    book.save(packed)
    for _time in (1, 2):
        token = bring(admin, packed.getvalue(), kind="purchases", name="bán.xlsx")
        tell_columns(admin, token)
        work()
        admin.post(reverse("admin:import_result", args=[token]), {"do": "run"})
        done = work()
    assert Purchase.objects.get().total == 105_000
    assert queries.balance(lan.pk, at=clock.now()).available == 10
    assert done.cursor["problems"] == {"store_unknown": 1}
    assert done.cursor["sums"]["known"] == 1


def test_a_large_file_is_let_in_part_by_part_and_goes_on_after_the_last_part(admin, shop, monkeypatch):
    monkeypatch.setattr(preparing, "PART_BYTES", 40)
    people = "\n".join(f"KH{n},Khách {n},09110001{n:02}" for n in range(20))
    token = bring(admin, f"Mã KH,Họ tên,SĐT\n{people}\nKH99,Sai,12\n")
    tell_columns(admin, token)
    assert work().cursor["parts"] > 5
    admin.post(reverse("admin:import_result", args=[token]), {"do": "run"})
    job = Job.objects.filter(kind="import").latest("id")
    for _chunk in range(4):
        jobs.run_chunk(id=job.pk, at=clock.now())
    half = Member.objects.count()
    assert 0 < half < 20
    admin.post(reverse("admin:import_result", args=[token]), {"do": "cancel"})
    assert not jobs.run_chunk(id=job.pk, at=clock.now())
    assert Member.objects.count() == half
    admin.post(reverse("admin:import_result", args=[token]), {"do": "resume"})
    assert work().done == 21
    assert Member.objects.count() == 20
    assert files.find(token).errors(dry=False).read_text("utf-8-sig").splitlines()[1].startswith("22,")


def test_a_marketer_checks_a_file_and_an_admin_lets_it_in(signed_in, shop):
    quân, hà = signed_in(access.MARKETER), signed_in(access.ADMIN)
    token = bring(quân, PEOPLE)
    tell_columns(quân, token)
    work()
    assert "chờ quản trị viên" in quân.get(reverse("admin:import_result", args=[token])).content.decode()
    assert quân.post(reverse("admin:import_result", args=[token]), {"do": "run"}).status_code == 403
    assert "chờ nhập thật" in hà.get(reverse("admin:index")).content.decode()
    hà.post(reverse("admin:import_result", args=[token]), {"do": "run"})
    work()
    assert Member.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        ("Tên,SĐT\nHoa,1".encode("utf-16"), "a.csv", "UTF-8"),
        ("Tên,SĐT\n".encode() + b"Ho\xe0,1", "a.csv", "UTF-8"),
        (b"", "a.csv", "trống"),
        (b"PK nothing", "a.xlsx", "Excel"),
        (b"x", "a.pdf", "CSV hoặc Excel"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(admin, shop, content, name, words):
    page = admin.post(reverse("admin:imports"), {"kind": "members", "file": SimpleUploadedFile(name, content)})
    if page.status_code == 302:  # the header was fine: what stands below is read by the job
        tell_columns(admin, page["Location"].split("/")[-3])
        Job.objects.filter(kind="import").get()
        work()
        page = admin.get(reverse("admin:import_result", args=[page["Location"].split("/")[-3]]))
    assert words in page.content.decode()
    assert not Member.objects.exists()


def test_numbers_and_moments_are_read_as_tills_write_them():
    written = ("1.234.567 ₫", "1,250", "29,33", "58000", "-3", "abc", "12.5")
    assert [preparing.number(text) for text in written] == ["1234567", "1250", "29.33", "58000", "-3", "abc", "12.5"]
    assert preparing.moment("5/9/2026 8:05") == "2026-09-05 08:05:00"
    assert preparing.moment("20/05/1990") == "1990-05-20"
    assert preparing.moment("2026-11-20T10:00:00+07:00") == "2026-11-20T10:00:00+07:00"


def forget(*, days: float) -> int:
    at = clock.now() + timedelta(days=days)
    return files.forget_old(date=at.date(), at=at)


def test_what_was_brought_goes_thirty_days_after_its_import_and_the_page_says_so(admin, shop):
    token = bring(admin, PEOPLE)
    tell_columns(admin, token)
    work()
    admin.post(reverse("admin:import_result", args=[token]), {"do": "run"})
    work()
    folder = files.find(token).folder
    os.utime(folder, (0, 0))  # however long it has lain there, its import has just ended
    assert files.find(token).errors(dry=False).is_file()
    assert forget(days=29.9) == 0
    page = reverse("admin:import_result", args=[token])
    assert "dữ liệu cá nhân" not in admin.get(page).content.decode()

    assert forget(days=30.1) == 1
    assert not folder.exists()
    said = admin.get(page).content.decode()
    assert "File và các dòng lỗi đã được xóa: giữ 30 ngày sau khi nhập" in said
    assert "Tải các dòng lỗi" not in said and "Nguyễn" not in said
    assert admin.get(reverse("admin:import_errors", args=[token])).status_code == 404
    assert admin.get(reverse("admin:import_columns", args=[token])).status_code == 404
    assert admin.post(page, {"do": "run"}).status_code == 200
    assert Job.objects.filter(kind="import").count() == 2
    assert admin.get(reverse("admin:imports")).status_code == 200


def test_a_file_nobody_worked_on_goes_too_and_one_at_work_stays(admin, shop, settings):
    settings.IMPORT_KEPT_DAYS = 7
    bring(admin, PEOPLE)
    busy = bring(admin, PEOPLE)
    tell_columns(admin, busy)
    assert forget(days=6) == 0
    assert forget(days=400) == 1
    assert files.find(busy) is not None
    work()
    assert forget(days=6.9) == 0
    assert forget(days=7.1) == 1
    assert "giữ 7 ngày" in admin.get(reverse("admin:import_result", args=[busy])).content.decode()


def test_a_file_that_cannot_be_read_is_not_kept(admin, shop, settings):
    sent = SimpleUploadedFile("khách.csv", b"\xff\xfe\x00\xd8" * 3)
    assert admin.post(reverse("admin:imports"), {"kind": "members", "file": sent}).status_code == 200
    assert not any(Path(settings.IMPORT_DIR).iterdir())


@pytest.mark.parametrize("token", ["0" * 32, "nobody", "..", "0" * 31 + "g"])
def test_a_file_that_never_was_is_not_there(admin, shop, token):
    assert admin.get(f"{reverse('admin:imports')}{token}/").status_code == 404
