"""The addresses of the member portal."""

from django.urls import path

from portal import unsubscribing

urlpatterns = [path("u/<str:token>", unsubscribing.page, name="unsubscribe")]
