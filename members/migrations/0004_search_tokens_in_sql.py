"""The words by which a member is found, for set-based writers."""

from django.db import migrations

from events import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("members", "0003_guesses_at_secrets"), ("events", "0002_record_function")]

    operations = [sqlfiles.run("members", "search_tokens.sql")]
