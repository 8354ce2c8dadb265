"""The view of the bills that count."""

from django.db import migrations

from events import sqlfiles


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0001_first"),
        ("loyalty", "0007_plurals_for_people"),
        ("members", "0007_plurals_for_people"),
    ]

    operations = [sqlfiles.run("analytics", "01_bill.sql")]
