"""What a shop's people do in the dashboard, in a real browser: the first day, a file with bad rows, points by hand."""

import re
from pathlib import Path

import pytest
import requests
from django.conf import settings

from dashboard import demo
from dashboard.running import translating
from dashboard.seeding import first_steps
from events import clock
from loyalty import policies
from tests.browser.test_dashboard import sign_in, watched
from tests.factories.shop import Shop

FILE = "Mã KH,Họ tên,Điện thoại,Điểm\nKH1,Trần Thị Hoa,0911000001,50\nKH2,Sai Số,12,\nKH3,=1+1,0911000003,x\n"


@pytest.fixture
def empty(shop_db):
    """Nothing but what `DEMO=0 make run` makes, and its sign-ins."""
    translating.compile_all(Path(settings.BASE_DIR) / "locale")
    policies.forget()
    first_steps.ensure(clock.now())
    return demo.create_sign_ins(at=clock.now())


def test_the_first_day_leads_from_an_empty_shop_to_the_first_earned_point(browser, web, empty):
    page = browser(width=1280).new_page()
    troubles = watched(page)
    sign_in(page, web.url, empty["admin"])

    def step(words: str) -> None:
        page.goto(f"{web.url}/admin/first-day/")
        page.click(f".step:has-text('{words}')")

    page.click("text=Xem các bước")
    step("Tên cửa hàng và tên của điểm")
    page.fill("[name=name]", "Cà phê Phố")
    page.click("text=Lưu")
    step("Mỗi hóa đơn thuộc một cửa hàng")
    page.fill("[name=name]", "Phố Huế")
    page.click("form button:has-text('Thêm cửa hàng')")
    step("Tích điểm và giá trị")
    page.fill("[name=point_value]", "9.000")
    page.wait_for_selector("text=phần lớn cửa hàng sẽ lỗ")
    page.fill("[name=point_value]", "500")
    page.wait_for_selector("#payback:has-text('hoàn 5')")
    page.click("text=Lưu")
    step("Hạng thành viên")
    page.click(".card:has-text('Trang sức') button")
    step("Quà chào mừng")
    page.click("form button:has-text('Bật quà')")
    step("Thể lệ chương trình")
    page.fill("[name=body_vi]", "1. Thể lệ của tiệm.")
    page.click("form button:has-text('Áp dụng từ bây giờ')")
    step("Kênh gửi tin")
    page.fill("[name=address]", "ha@example.com")
    page.click("form button:has-text('Gửi thử')")
    step("Kết nối máy bán hàng")
    page.click("form button:has-text('Tạo khóa')")
    key = page.input_value("#new-key")
    call(web.url, key, "members", {"phone": "0912345678", "name": "Lan", "consents": []}, idempotency="lan")
    bill = {
        "receipt": "THU-1",
        "member": {"phone": "0912345678"},
        "occurred_at": clock.now().isoformat(),
        "lines": [{"sku": "CF1", "name": "Cà phê", "quantity": 1, "amount": 50_000}],
        "total": 50_000,
    }
    assert call(web.url, key, "purchases", bill)["points"]["earned"] == 5
    page.goto(f"{web.url}/admin/first-day/")
    page.wait_for_selector("text=Chương trình đã chạy")
    assert not troubles


def call(url: str, key: str, what: str, body: dict, *, idempotency: str = "") -> dict:
    headers = {"Authorization": f"Bearer {key}"} | ({"Idempotency-Key": idempotency} if idempotency else {})
    answer = requests.post(f"{url}/api/v1/{what}", json=body, headers=headers, timeout=20)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_file_with_bad_rows_is_let_in_and_its_bad_rows_come_back(
    browser, processes, shop_db, empty, tmp_path, monkeypatch
):
    folder = tmp_path / "imports"
    monkeypatch.setenv("IMPORT_DIR", str(folder))
    processes.env = {**processes.env, "IMPORT_DIR": str(folder)}
    web = processes.web()
    processes.worker()
    processes.relay()
    Shop(at=clock.now())
    page = browser(width=1280).new_page()
    troubles = watched(page)
    sign_in(page, web.url, empty["admin"])
    page.goto(f"{web.url}/admin/imports/")
    sent = tmp_path / "khach.csv"
    sent.write_text(FILE, encoding="utf-8")
    page.set_input_files("input[type=file]", sent)
    page.click("form button:has-text('Tải lên')")
    assert page.input_value("[name=column_1]") == "name"
    page.click("text=Kiểm tra file")
    page.wait_for_selector("text=Chưa ghi gì cả", timeout=60_000)
    page.click("button:has-text('Nhập thật')")
    page.click("form button:has-text('Nhập thật')")
    page.wait_for_selector("text=Đã nhập xong", timeout=60_000)
    with page.expect_download() as fetched:
        page.click("text=Tải các dòng lỗi")
    text = Path(fetched.value.path()).read_text(encoding="utf-8-sig")
    assert [line.split(",")[0] for line in text.splitlines()] == ["line", "3", "4"]
    assert "'=1+1" in text

    # the member is found, points are given, and the trail says who did it and why
    page.goto(f"{web.url}/admin/members/member/?q=tran+thi+hoa")
    page.click("text=Trần Thị Hoa")
    page.click("text=Cộng/trừ điểm")
    page.fill("input[name=points]", "25")
    page.fill("textarea[name=reason]", "quà xin lỗi Hoa")
    page.click("form button:has-text('Ghi')")
    page.wait_for_selector("text=Đã ghi +25 điểm")
    page.goto(f"{web.url}/admin/history/")
    line = page.locator("tr:has-text('quà xin lỗi Hoa')").inner_text()
    assert re.search(r"\+25", line)
    assert "Nguyễn Thu Hà" in line
    assert not troubles
