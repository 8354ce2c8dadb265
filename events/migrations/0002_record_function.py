"""The SQL function that writes an event with its deliveries."""

from django.db import migrations

from events import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("events", "0001_first")]

    operations = [sqlfiles.run("events", "record.sql")]
