from django.db import migrations, models

PURPOSES = ["sign_in", "join", "spend", "old_phone", "new_phone", "new_email", "confirm", "screen"]


class Migration(migrations.Migration):
    dependencies = [("members", "0015_staff_invitations")]

    operations = [
        migrations.AlterField(
            model_name="onetimecode",
            name="purpose",
            field=models.TextField(
                choices=[
                    ("sign_in", "Sign In"),
                    ("join", "Join"),
                    ("spend", "Spend"),
                    ("old_phone", "Old Phone"),
                    ("new_phone", "New Phone"),
                    ("new_email", "New Email"),
                    ("confirm", "Confirm"),
                    ("screen", "Screen"),
                ]
            ),
        ),
        migrations.RemoveConstraint(model_name="onetimecode", name="purpose_of_a_code_is_known"),
        migrations.AddConstraint(
            model_name="onetimecode",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", PURPOSES)), name="purpose_of_a_code_is_known"
            ),
        ),
    ]
