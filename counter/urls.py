"""The addresses of the counter: the member lookup page of cashiers."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
