from django.apps import AppConfig
from django.contrib.admin import apps as django_admin


class DashboardConfig(AppConfig):
    name = "dashboard"
    default = True


class ShopAdminConfig(django_admin.AdminConfig):
    """Django's admin with the shop's own site in place of the default one."""

    default = False
    default_site = "dashboard.site.ShopAdminSite"
