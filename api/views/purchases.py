"""Bills: what one would do, posting one, asking about one."""

from typing import ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api import answers, bills, reading, who
from api.base import Door
from api.problems import Problem, malformed
from api.schema import told
from api.shapes import answers as shapes
from api.shapes.bills import Purchase as PurchaseSent
from api.shapes.bills import Question
from loyalty import queries
from loyalty.records import PurchaseRecord
from rewards import checkout
from rewards import queries as vouchers


class Quotes(Door):
    scopes: ClassVar = {"POST": "earn"}

    @told("What a bill would do; writes nothing", name="quote", body=Question, shows={200: shapes.Quote})
    def post(self, request: Request) -> HttpResponse:
        sent = self.read(Question)
        quoted = checkout.quote(
            bill=bills.bill(sent),
            who=who.of(sent.member, at=self.at),
            vouchers=bills.vouchers(sent),
            till=self.caller.till,
            at=self.at,
        )
        return self.tell(answers.quote(quoted, language=self.language))


class BillDoor(Door):
    """What the calls that ask for a bill share."""

    def show(self, found: PurchaseRecord) -> shapes.PurchaseWithReturns:
        return answers.purchase_with_returns(found, self._used(found), till=self.caller.till, language=self.language)

    def as_sold(self, found: PurchaseRecord) -> shapes.Purchase:
        """As the answer to a sale shows it."""
        return answers.bill(found, self._used(found), till=self.caller.till, language=self.language)

    def _used(self, found: PurchaseRecord) -> tuple[vouchers.UsedVoucher, ...]:
        return vouchers.on_bill(found.id) if found.voucher_discount else ()


class Purchases(BillDoor):
    scopes: ClassVar = {"GET": "earn", "POST": "earn"}

    @told(
        "Post a bill",
        name="purchase_post",
        body=PurchaseSent,
        shows={201: shapes.Purchase, 200: shapes.Purchase},
        refused=[409],
    )
    def post(self, request: Request) -> HttpResponse:
        sent = self.read(PurchaseSent)
        if sent.points_to_spend or sent.vouchers or sent.hold:
            self.caller.must_have("redeem")
        till = self.caller.till
        done = checkout.record_purchase(
            bill=bills.bill(sent, receipt=sent.receipt),
            who=who.of(sent.member, at=self.at),
            vouchers=bills.vouchers(sent),
            till=till,
            fingerprint=reading.fingerprint(sent),
            at=self.at,
            proof=who.proof(sent.member, sent.proof),
            request_id=self.request_id,
        )
        return self.tell_effect(answers.purchase(done, till=till, language=self.language), replayed=done.replayed)

    @told(
        "A bill of this store by its receipt; where numbers restart, the latest",
        name="purchase_find",
        shows={200: shapes.PurchaseWithReturns},
        refused=[404],
        parameters=[OpenApiParameter("receipt", {"type": "string", "minLength": 1, "maxLength": 64}, required=True)],
    )
    def get(self, request: Request) -> HttpResponse:
        query = self.parameters("receipt")
        if not query.get("receipt"):
            raise malformed("/receipt", "required")
        found = queries.purchases_by_receipt(query["receipt"], store_id=self.caller.till.store_id)
        if not found:
            raise Problem(404, "not_found")
        return self.tell(self.show(found[0]))


class Purchase(BillDoor):
    scopes: ClassVar = {"GET": "earn"}

    @told(
        "A bill of this store with its returns",
        name="purchase_read",
        shows={200: shapes.PurchaseWithReturns},
        refused=[404],
    )
    def get(self, request: Request, purchase_id: str) -> HttpResponse:
        self.parameters()
        found = queries.purchase(reading.must_identify(purchase_id), store_id=self.caller.till.store_id)
        return self.tell(self.show(found))
