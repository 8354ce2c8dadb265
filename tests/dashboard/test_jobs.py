"""Long work and nights as the admin sees them."""

from dashboard.admin import nights
from events import clock, jobs
from events.models import Job
from loyalty import nightly


def test_a_job_shows_how_far_it_is_and_is_stopped_and_let_go_on(admin, shop):
    job = jobs.start(kind="night", key="2026-11-20", total=1240, at=clock.now(), by="system")
    Job.objects.filter(pk=job).update(done=310, state="running")
    page = admin.get("/admin/events/job/").content.decode()
    assert "310 / 1.240" in page
    assert "chạy đêm" in page

    admin.post("/admin/events/job/", {"action": "cancel", "_selected_action": job})
    assert Job.objects.get(pk=job).state == "cancelled"
    admin.post("/admin/events/job/", {"action": "retry", "_selected_action": job})
    assert (Job.objects.get(pk=job).state, Job.objects.get(pk=job).done) == ("open", 310)


def test_a_marketer_sees_jobs_and_stops_none(signed_in, shop):
    job = jobs.start(kind="night", key="2026-11-20", at=clock.now(), by="system")
    marketer = signed_in("marketer")
    assert marketer.get("/admin/events/job/").status_code == 200
    marketer.post("/admin/events/job/", {"action": "cancel", "_selected_action": job})
    assert Job.objects.get(pk=job).state == "open"


def test_the_nights_page_shows_each_step_and_how_late_the_books_are(admin, shop):
    assert "chưa chạy lần nào; 1 ngày chờ chạy" in admin.get("/admin/loyalty/nightlystep/").content.decode()
    at = clock.now()
    day = nightly.last_due(at=at)
    nightly.plan(at=at)
    assert [done.rows for done in nightly.run(day=day, at=at)][0] == 0

    page = admin.get("/admin/loyalty/nightlystep/").content.decode()
    assert "ghi sổ điểm hết hạn" in page
    assert f"xong đến hết ngày {day:%d/%m/%Y}" in page
    assert "ngày chờ chạy" not in page


def test_the_overview_tells_a_late_and_a_failed_night(admin, shop, clock):
    nightly.plan(at=clock_now())
    clock.forward(days=3)
    page = admin.get("/admin/").content.decode()
    assert "4 ngày chờ chạy" in page
    jobs.cancel(job_ids=list(Job.objects.values_list("pk", flat=True)), by="user:1", at=clock_now())
    Job.objects.update(state="failed")
    assert "1 ngày chạy hỏng" in admin.get("/admin/").content.decode()


clock_now = clock.now


def test_every_step_of_the_night_has_a_word(settings):
    assert set(nights.STEPS) == set(settings.NIGHTLY_STEPS)
