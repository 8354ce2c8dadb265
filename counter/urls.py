"""The addresses of the counter: the member lookup page of cashiers."""

from django.urls import path

from counter.views import caring, enrolling, looking_up, mending, offline, selling, sitting_down, today

app_name = "counter"
urlpatterns = [
    path("", sitting_down.home, name="home"),
    path("device", sitting_down.enrol_device, name="enrol_device"),
    path("device/<str:code>", sitting_down.invited, name="device"),
    path("sign-in", sitting_down.sign_in, name="sign_in"),
    path("lock", sitting_down.lock, name="lock"),
    path("here", sitting_down.here, name="here"),
    path("pin", sitting_down.pin, name="pin"),
    path("practice", sitting_down.practice, name="practice"),
    path("find", looking_up.find, name="find"),
    path("members/<uuid:member_id>", looking_up.member, name="member"),
    path("members/<uuid:member_id>/gift", enrolling.gift, name="gift"),
    path("members/<uuid:member_id>/claim", mending.claim, name="claim"),
    path("members/<uuid:member_id>/card", caring.card, name="card"),
    path("members/<uuid:member_id>/phone", caring.phone, name="phone"),
    path("members/<uuid:member_id>/code", caring.send_code, name="send_code"),
    path("members/<uuid:member_id>/case", caring.case, name="case"),
    path("members/<uuid:member_id>/note", caring.note, name="note"),
    path("guest", selling.guest, name="guest"),
    path("quote", selling.quote, name="quote"),
    path("sales", selling.sell, name="sell"),
    path("sales/<uuid:purchase_id>/cancel", today.cancel, name="cancel"),
    path("sales/<uuid:purchase_id>/move", mending.move, name="move"),
    path("enrol", enrolling.enrol, name="enrol"),
    path("today", today.bills, name="today"),
    path("queue", offline.post, name="queue"),
    path("offline", offline.shell, name="offline"),
    path("worker.js", offline.worker, name="worker"),
]
