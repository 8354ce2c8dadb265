from typing import Any

from django.db import migrations

# What a shop began with while terms counted nights too, and what promises about the same in working hours. Terms that
# somebody has set stand as they are: only the people of the shop know what they meant.
BY_THE_CLOCK = {"complaint": (4, 48), "question": (24, 72), "wish": (48, 240)}
WORKING = {"complaint": (4, 26), "question": (13, 39), "wish": (26, 130)}


def count_working_hours(apps: Any, editor: Any) -> None:
    for kind, (answer, close) in WORKING.items():
        answered, closed = BY_THE_CLOCK[kind]
        untouched = apps.get_model("members", "CaseTerms").objects.filter(kind=kind)
        untouched.filter(answer_hours=answered, close_hours=closed).update(answer_hours=answer, close_hours=close)


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0017_case_hours'),
    ]

    operations = [migrations.RunPython(count_working_hours, migrations.RunPython.noop)]
