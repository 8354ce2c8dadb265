"""Many events written by one call."""

from django.db import migrations

from events import sqlfiles


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0010_what_staff_did'),
    ]

    operations = [sqlfiles.run("events", "record_many.sql")]
