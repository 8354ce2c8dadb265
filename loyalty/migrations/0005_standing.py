"""The look-up that every till makes, in one call."""

from django.db import migrations

from events import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0004_entries_read_in_time")]

    operations = [sqlfiles.run("loyalty", "08_standing.sql", folder="ledger/sql")]
