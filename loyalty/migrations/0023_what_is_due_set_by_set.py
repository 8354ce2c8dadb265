"""What time does to many accounts at once."""

from django.db import migrations

from events import sqlfiles


class Migration(migrations.Migration):

    dependencies = [
        ('loyalty', '0022_visits_counted_quickly'),
        ('events', '0011_many_at_once'),
    ]

    operations = [sqlfiles.run("loyalty", "11_book_due_many.sql", folder="ledger/sql")]
