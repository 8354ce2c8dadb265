"""What happened, who did it, and who still has to hear of it."""

import base64
import secrets
import uuid

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


def no_truncate() -> pgtrigger.Trigger:
    """`Protect` cannot guard TRUNCATE, which would empty a table past every row trigger."""
    return pgtrigger.Trigger(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME;",
    )


class UUIDv7(Func):
    """PostgreSQL 18's own time-ordered identifier."""

    function = "uuidv7"
    output_field = models.UUIDField()


# What staff decided, as events tell it; what comes over a till by itself has pages of its own.
_OF_A_TILL = ["member.joined", "purchase.cancelled", "purchase.recorded", "purchase.returned"]
STAFFS_DOINGS = Q(by__startswith="user:") & ~Q(type__in=_OF_A_TILL)


class Event(models.Model):
    """One thing that happened in the shop. Holds ids and numbers, no personal data and no foreign keys upward.

    Written through `events.outbox.record`, or by the ledger's posting calls through the SQL function it stands on. The
    id grows per member in the order of commit wherever the account was locked; webhooks show it as `sequence`.
    """

    type = models.TextField()
    member_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(null=True)
    store_id = models.IntegerField(null=True)
    data = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.TextField()
    request_id = models.TextField(default="", db_default="")

    class Meta:
        indexes = [
            # the audit trail: what staff did, newest first
            models.Index(fields=["-id"], condition=STAFFS_DOINGS, name="event_of_staff")
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class Delivery(models.Model):
    """One reader still has to hear (or has heard) of one event. The open rows are the queue."""

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        DEAD = "dead"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    member_id = models.UUIDField(null=True)
    reader = models.TextField(_("người đọc"))
    state = models.TextField(choices=State.choices, default=State.OPEN, db_default="open")
    attempts = models.SmallIntegerField(_("số lần thử"), default=0, db_default=0)
    due_at = models.DateTimeField(_("thử lúc"))
    claimed_until = models.DateTimeField(null=True)
    lapses = models.SmallIntegerField(default=0, db_default=0, help_text="Claims that ended without a word.")
    done_at = models.DateTimeField(_("xong lúc"), null=True)
    last_error = models.TextField(_("lỗi gần nhất"), default="", db_default="")

    class Meta:
        verbose_name = _("lần chuyển")
        verbose_name_plural = _("Chuyển sự kiện")
        constraints = [
            models.UniqueConstraint(fields=["event", "reader"], name="an_event_reaches_a_reader_once"),
            models.CheckConstraint(condition=Q(state__in=["open", "done", "dead"]), name="delivery_state_is_known"),
        ]
        indexes = [
            # the relay: what is due, and the health page: the oldest open delivery
            models.Index(fields=["due_at"], condition=Q(state="open"), name="delivery_due"),
            # the admin's list of dead letters
            models.Index(fields=["id"], condition=Q(state="dead"), name="delivery_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.reader} {self.event_id}"


class Command(models.Model):
    """An idempotency key that has had its effect: one effect per key and store, for ever.

    Written in the transaction of the effect. `subject_id` names the row that was made, from which the first answer
    is given again.
    """

    store_id = models.IntegerField()
    key = models.TextField()
    kind = models.TextField()
    fingerprint = models.BinaryField()
    subject_id = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store_id", "key"], name="a_key_has_one_effect")]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


def new_webhook_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


@pghistory.track(exclude=["secret", "held_until", "failures"])
class WebhookEndpoint(models.Model):
    """Somebody outside who wants to hear of events (Standard Webhooks).

    Nobody calls it before `held_until`: it is being called now, or it failed and is left in peace for a while.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, db_default=UUIDv7(), editable=False)
    url = models.URLField(_("địa chỉ"), max_length=500)
    secret = models.TextField(default=new_webhook_secret)
    types = ArrayField(
        models.TextField(), verbose_name=_("sự kiện"), default=list, blank=True, help_text=_("Để trống: mọi sự kiện.")
    )
    description = models.TextField(_("ghi chú"), default="", blank=True)
    active = models.BooleanField(_("đang dùng"), default=True)
    created_at = models.DateTimeField(_("tạo lúc"))
    held_until = models.DateTimeField(null=True, editable=False)
    failures = models.IntegerField(default=0, db_default=0, editable=False, help_text="In a row.")

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("Webhook")

    def __str__(self) -> str:
        return self.url


class WebhookMessage(models.Model):
    """One event on its way to one endpoint, at least once. The body is fixed when the row is made."""

    class State(models.TextChoices):
        OPEN = "open"
        SENT = "sent"
        DEAD = "dead"

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, verbose_name=_("webhook"), on_delete=models.CASCADE)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, db_index=False)
    member_id = models.UUIDField(null=True)
    body = models.TextField(_("nội dung"))
    state = models.TextField(choices=State.choices, default=State.OPEN, db_default="open")
    attempts = models.SmallIntegerField(_("số lần thử"), default=0, db_default=0)
    due_at = models.DateTimeField(_("gửi lúc"))
    sent_at = models.DateTimeField(_("đã gửi lúc"), null=True)
    last_status = models.SmallIntegerField(_("mã trả lời"), null=True)
    last_error = models.TextField(_("lỗi gần nhất"), default="", db_default="")

    class Meta:
        verbose_name = _("tin webhook")
        verbose_name_plural = _("Tin webhook")
        constraints = [
            models.UniqueConstraint(fields=["event", "endpoint"], name="one_message_per_event_and_endpoint"),
            models.CheckConstraint(condition=Q(state__in=["open", "sent", "dead"]), name="message_state_is_known"),
        ]
        indexes = [
            # the sender: what is due for one endpoint, oldest first
            models.Index(fields=["endpoint", "due_at"], condition=Q(state="open"), name="webhook_due")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Job(models.Model):
    """Work too long for one task, done in chunks: `cursor` says how far it is. The open rows are the queue.

    Written through `events.jobs` only. `claimed_until` belongs to the relay; an `in_order` job waits for the earlier
    ones of its kind.
    """

    class State(models.TextChoices):
        OPEN = "open"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField(_("việc"))
    key = models.TextField(_("mã việc"))
    in_order = models.BooleanField(default=False)
    state = models.TextField(choices=State.choices, default=State.OPEN, db_default="open")
    cursor = models.JSONField(default=dict)
    done = models.IntegerField(_("đã làm"), default=0, db_default=0)
    total = models.IntegerField(_("tổng số"), null=True)
    attempts = models.SmallIntegerField(_("số lần thử"), default=0, db_default=0)  # in a row
    lapses = models.SmallIntegerField(default=0, db_default=0)  # begun in a row without coming to anything
    last_error = models.TextField(_("lỗi gần nhất"), default="", db_default="")
    asked_at = models.DateTimeField(_("yêu cầu lúc"))
    due_at = models.DateTimeField(_("chạy lúc"))
    claimed_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(_("bắt đầu lúc"), null=True)
    finished_at = models.DateTimeField(_("xong lúc"), null=True)
    by = models.TextField(default="system")

    class Meta:
        verbose_name = _("việc nền")
        verbose_name_plural = _("Việc nền")
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="a_job_is_asked_for_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "running", "done", "failed", "cancelled"]), name="job_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "running"], finished_at=None)
                | Q(state__in=["done", "failed", "cancelled"], finished_at__isnull=False),
                name="a_job_has_ended_exactly_when_it_says_when",
            ),
        ]
        indexes = [
            # the relay: what is due
            models.Index(fields=["due_at"], condition=Q(state__in=["open", "running"]), name="job_due"),
            # the relay: whether an earlier job of the kind is not over; the night: its last date
            models.Index(fields=["kind", "id"], condition=Q(state__in=["open", "running"]), name="job_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
