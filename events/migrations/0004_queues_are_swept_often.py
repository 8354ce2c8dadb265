"""Deliveries and messages are queues at the end of a long history: their dead rows must not wait for a fifth of it."""

from django.db import migrations

SWEPT = "ALTER TABLE {} SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 20000)"
AS_BEFORE = "ALTER TABLE {} RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold)"


class Migration(migrations.Migration):
    dependencies = [("events", "0003_webhooks_wait_per_endpoint")]

    operations = [
        migrations.RunSQL(SWEPT.format(table), AS_BEFORE.format(table))
        for table in ("events_delivery", "events_webhookmessage")
    ]
