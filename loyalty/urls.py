"""Where each door stands. Upper floors are named by strings only."""

from django.urls import include, path

urlpatterns = [
    path("", include("loyalty.look.urls")),
    path("", include("api.urls")),
    path("counter/", include("counter.urls")),
    path("", include("portal.urls")),
    path("", include("dashboard.urls")),
]
