"""The look-up that every till makes, in one call."""

from django.db import migrations

from events import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0005_words_for_people")]

    operations = [sqlfiles.run("loyalty", "08_standing.sql", folder="ledger/sql")]
