"""Rollups of cashiers and of who joined; what each night counts of everybody. A bill that counts says who rang it up."""

from django.db import migrations, models

from events import sqlfiles


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0004_bills_pass_on'),
    ]

    operations = [
        migrations.CreateModel(
            name='CashierDay',
            fields=[
                ('pk', models.CompositePrimaryKey('store_id', 'business_date', 'staff', blank=True, editable=False, primary_key=True, serialize=False)),
                ('store_id', models.IntegerField()),
                ('business_date', models.DateField()),
                ('staff', models.TextField()),
                ('member_visits', models.IntegerField()),
                ('guest_visits', models.IntegerField()),
                ('revenue', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='ExpiredNight',
            fields=[
                ('date', models.DateField(primary_key=True, serialize=False)),
                ('points', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='JoinedDay',
            fields=[
                ('pk', models.CompositePrimaryKey('day', 'via', 'store_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('via', models.TextField()),
                ('store_id', models.IntegerField()),
                ('members', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='StandingNight',
            fields=[
                ('pk', models.CompositePrimaryKey('date', 'store_id', 'tier_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('date', models.DateField()),
                ('store_id', models.IntegerField()),
                ('tier_id', models.SmallIntegerField()),
                ('members', models.IntegerField()),
                ('available', models.BigIntegerField()),
                ('pending', models.BigIntegerField()),
                ('held', models.BigIntegerField()),
                ('debt', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='VisitorNight',
            fields=[
                ('pk', models.CompositePrimaryKey('date', 'store_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('date', models.DateField()),
                ('store_id', models.IntegerField()),
                ('members', models.IntegerField()),
            ],
        ),
        sqlfiles.run("analytics", "01_bill.sql"),
    ]
