"""The view of the bills that count, with whose they are now."""

from django.db import migrations

from events import sqlfiles


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0003_changes_not_counted_yet"),
        ("loyalty", "0011_bill_moves"),
    ]

    operations = [sqlfiles.run("analytics", "02_owned.sql")]
