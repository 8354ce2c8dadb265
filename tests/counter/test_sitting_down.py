"""Device, name, PIN, lock: who comes to the counter and who does not."""

from datetime import timedelta

from django.test import Client

from counter.desk import DEVICE_COOKIE, PERSON_COOKIE
from events import clock
from loyalty import devices
from loyalty.models import Sitting
from members import pins, roles
from tests.counter.conftest import PIN, hire, text
from tests.dashboard.conftest import hire as hire_staff

INSIDE = ("find", "guest", "quote", "sales", "practice")


def test_an_unknown_browser_is_asked_for_the_code_of_a_device(db):
    answer = Client().get("/counter/")
    assert answer.status_code == 200
    assert "Máy này chưa được đăng ký" in text(answer)


def test_the_link_asks_first_and_then_makes_this_browser_the_device(shop, minh):
    _, code = devices.invite(store=shop.store, name="Quầy 2", by=None, at=shop.at)
    browser = Client()
    assert "Quận 1" in text(browser.get(f"/counter/device/{code}"))
    assert DEVICE_COOKIE not in browser.cookies
    answer = browser.post("/counter/device", {"code": code})
    cookie = answer.cookies[DEVICE_COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/counter/")
    assert "Minh" in text(browser.get("/counter/"))
    assert Client().post("/counter/device", {"code": code}).status_code == 422
    assert Client().get(f"/counter/device/{code}").status_code == 422


def test_the_right_pin_opens_the_counter_and_a_wrong_one_says_so(counter, minh):
    wrong = counter.sit(minh, "0001")
    assert wrong.status_code == 422
    assert "Mã PIN chưa đúng." in text(wrong)
    right = counter.sit(minh)
    assert right["HX-Redirect"] == "/counter/"
    assert right.cookies[PERSON_COOKIE]["httponly"]
    assert "Sẵn sàng" in text(counter.get(""))


def test_five_wrong_pins_lock_the_person_out_here_in_words(counter, minh):
    for _ in range(pins.PER_DEVICE):
        counter.sit(minh, "0001")
    refused = counter.sit(minh)
    assert refused.status_code == 429
    assert "Đợi 15 phút" in text(refused)


def test_nothing_inside_opens_without_a_person(counter, minh, lan):
    for path in INSIDE:
        assert counter.post(path).status_code == 401, path
        assert counter.client.post(f"/counter/{path}").status_code == 302, path
    for path in (f"members/{lan.pk}", "today", "enrol", "here", "pin"):
        assert counter.get(path).status_code == 401, path
    assert counter.send(receipt="1").status_code == 401


def test_a_session_of_the_dashboard_is_nobody_at_the_counter_and_the_reverse(at_work, shop):
    admin = Client()
    admin.force_login(hire_staff("hà", roles.ADMIN))
    assert "Máy này chưa được đăng ký" in text(admin.get("/counter/"))
    assert at_work.client.get("/admin/").status_code == 302
    assert "/login/" in at_work.client.get("/admin/")["Location"]


def test_the_device_cookie_alone_opens_nothing_and_the_persons_alone_neither(at_work, counter):
    alone = Client()
    alone.cookies[DEVICE_COOKIE] = counter.token
    assert alone.get("/counter/find", headers={"HX-Request": "1"}).status_code in (401, 405)
    other = Client()
    other.cookies[PERSON_COOKIE] = at_work.client.cookies[PERSON_COOKIE].value
    assert other.get("/counter/today", headers={"HX-Request": "1"}).status_code == 401


def test_a_locked_screen_comes_back_to_its_person_as_it_was_and_to_another_afresh(at_work, minh, mai):
    assert at_work.post("lock").status_code == 204
    assert at_work.get("today").status_code == 401
    back = at_work.post("sign-in", person=minh.pk, pin=PIN, stay=minh.pk)
    assert (back.status_code, back["HX-Trigger"]) == (204, "counter:unlocked")
    other = at_work.post("sign-in", person=mai.pk, pin=PIN, stay=minh.pk)
    assert other["HX-Redirect"] == "/counter/"


def test_minutes_without_a_touch_lock_the_screen(at_work):
    Sitting.objects.update(seen_at=clock.now() - timedelta(minutes=6))
    assert at_work.get("here").status_code == 401


def test_a_reset_pin_has_to_be_changed_before_anything_else(counter, minh):
    told = pins.reset(user_id=minh.pk, by="user:1", at=clock.now())
    assert counter.sit(minh, told)["HX-Redirect"] == "/counter/pin"
    assert counter.get("")["Location"] == "/counter/pin"
    assert counter.get("today").status_code == 302
    assert "khó đoán hơn" in text(counter.post("pin", old=told, new="1234"))
    assert counter.post("pin", old=told, new="7305")["HX-Redirect"] == "/counter/"
    assert "Sẵn sàng" in text(counter.get(""))


def test_somebody_of_another_store_has_no_name_here_and_no_pin(counter, shop):
    away = hire("an", roles.CASHIER, stores=[shop.store.pk + 1000])
    assert "An" not in text(counter.get("")).split()
    assert counter.sit(away).status_code == 422


def test_every_page_is_kept_by_no_cache_and_has_a_strict_policy(at_work, lan):
    for path in ("", f"members/{lan.pk}", "today", "enrol", "pin"):
        answer = at_work.get(path)
        assert answer["Cache-Control"] == "no-store", path
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self' 'wasm-unsafe-eval'" in policy
        assert "unsafe-inline" not in policy and "'unsafe-eval'" not in policy


def test_practice_shows_a_frame_and_invented_people_only(at_work, lan):
    at_work.post("practice")
    page = text(at_work.client.get("/counter/"))
    assert "ĐANG TẬP" in page and "Lê Thị Tập" in page
    assert "Nguyễn Thị Lan" not in text(at_work.post("find", q="0912345678"))
    assert "Lê Thị Tập" in text(at_work.post("find", q="0900000001"))
    at_work.post("practice")
    assert "ĐANG TẬP" not in text(at_work.client.get("/counter/"))
