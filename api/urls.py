from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerView

from api import health
from api.views import batches, corrections, happenings, holds, members, moves, orders, purchases, returns

urlpatterns: list[URLPattern] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/v1/schema", SpectacularJSONAPIView.as_view(authentication_classes=()), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema", authentication_classes=()), name="docs"),
    path("api/v1/members", members.Members.as_view(), name="members"),
    path("api/v1/members/<str:member_id>", members.Member.as_view(), name="member"),
    path("api/v1/members/<str:member_id>/statement", members.Statement.as_view(), name="statement"),
    path("api/v1/members/<str:member_id>/vouchers", members.Vouchers.as_view(), name="vouchers"),
    path("api/v1/members/<str:member_id>/codes", members.Codes.as_view(), name="codes"),
    path("api/v1/quotes", purchases.Quotes.as_view(), name="quotes"),
    path("api/v1/purchases", purchases.Purchases.as_view(), name="purchases"),
    path("api/v1/purchases/batch", batches.Batches.as_view(), name="batch"),
    path("api/v1/purchases/claims", moves.Claims.as_view(), name="claims"),
    path("api/v1/purchases/<str:purchase_id>", purchases.Purchase.as_view(), name="purchase"),
    path("api/v1/purchases/<str:purchase_id>/returns", returns.Returns.as_view(), name="returns"),
    path("api/v1/purchases/<str:purchase_id>/cancellation", returns.Cancellations.as_view(), name="cancellation"),
    path("api/v1/purchases/<str:purchase_id>/correction", corrections.Corrections.as_view(), name="correction"),
    path("api/v1/purchases/<str:purchase_id>/events", orders.OrderEvents.as_view(), name="order_events"),
    path("api/v1/events", happenings.BonusEvents.as_view(), name="bonus_events"),
    path("api/v1/holds", holds.Holds.as_view(), name="holds"),
    path("api/v1/holds/<str:hold_id>", holds.Hold.as_view(), name="hold"),
    path("api/v1/purchases/<str:purchase_id>/member", moves.Moves.as_view(), name="move"),
]

handler400 = "api.problems.bad_request"
handler404 = "api.problems.not_found"
handler500 = "api.problems.server_error"
