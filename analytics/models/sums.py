"""What bills, returns and joinings come to: by day, month, cashier and member."""

from django.db import models
from django.db.models import Q


class StoreDay(models.Model):
    """What one business day of a store came to: members' part and guests' part, minor units and points.

    `bills` counts all that were rung up, the visits only those that were kept. Points are net of what returns took back
    and gave back that day.
    """

    pk = models.CompositePrimaryKey("store_id", "business_date")
    store_id = models.IntegerField()
    business_date = models.DateField()
    bills = models.IntegerField()
    member_visits = models.IntegerField()
    guest_visits = models.IntegerField()
    member_gross = models.BigIntegerField()
    guest_gross = models.BigIntegerField()
    member_returned = models.BigIntegerField()
    guest_returned = models.BigIntegerField()
    member_profit = models.BigIntegerField()
    guest_profit = models.BigIntegerField()
    member_costed = models.BigIntegerField()
    guest_costed = models.BigIntegerField()
    earned = models.BigIntegerField()
    spent = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.store_id} {self.business_date}"

    @property
    def gross(self) -> int:
        return self.member_gross + self.guest_gross

    @property
    def returned(self) -> int:
        return self.member_returned + self.guest_returned

    @property
    def revenue(self) -> int:
        return self.gross - self.returned

    @property
    def profit(self) -> int:
        return self.member_profit + self.guest_profit

    @property
    def costed(self) -> int:
        return self.member_costed + self.guest_costed


class MemberMonth(models.Model):
    """What one member came to in one calendar month of business dates; `month` is its first day."""

    pk = models.CompositePrimaryKey("member_id", "month")
    member_id = models.UUIDField()
    month = models.DateField()
    visits = models.IntegerField()
    revenue = models.BigIntegerField()
    profit = models.BigIntegerField()
    costed = models.BigIntegerField()
    earned = models.BigIntegerField()
    spent = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.member_id} {self.month:%Y-%m}"


class MemberState(models.Model):
    """Where a member stands, by kept bills. First and last go by the moment of the bill; `_on` is its business date."""

    member_id = models.UUIDField(primary_key=True)
    first_purchase_id = models.UUIDField(null=True)
    first_on = models.DateField(null=True)
    last_purchase_id = models.UUIDField(null=True)
    last_at = models.DateTimeField(null=True)
    last_on = models.DateField(null=True)
    visits = models.IntegerField()
    revenue = models.BigIntegerField()
    profit = models.BigIntegerField()
    costed = models.BigIntegerField()

    class Meta:
        indexes = [
            # win-back: who has been silent since a date
            models.Index(fields=["last_on"], condition=Q(last_on__isnull=False), name="state_last_bought_on")
        ]

    def __str__(self) -> str:
        return str(self.member_id)


class Ahead(models.Model):
    """An event whose figures were taken from the books by a rebuild before its delivery came."""

    event_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.event_id)


class ReviewedFigure(models.Model):
    """A bill that staff approved, or a return of one, whose figures are counted.

    What came back while the bill waited counts when the bill does: this row says by which of the two it was taken.
    """

    subject_id = models.UUIDField(primary_key=True)

    def __str__(self) -> str:
        return str(self.subject_id)


class CashierDay(models.Model):
    """What one cashier of a store rang up on one business date, by kept bills; `staff` is as the till says it."""

    pk = models.CompositePrimaryKey("store_id", "business_date", "staff")
    store_id = models.IntegerField()
    business_date = models.DateField()
    staff = models.TextField()
    member_visits = models.IntegerField()
    guest_visits = models.IntegerField()
    revenue = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.store_id} {self.business_date} {self.staff}"


class JoinedDay(models.Model):
    """How many joined on one day of the programme's zone, by where they were asked and at which store (0: none)."""

    pk = models.CompositePrimaryKey("day", "via", "store_id")
    day = models.DateField()
    via = models.TextField()
    store_id = models.IntegerField()
    members = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.day} {self.via}"
