"""Where the brand's files stand, for all doors."""

from django.urls import path

from loyalty.look import serving

urlpatterns = [
    path("brand.css", serving.stylesheet, name="brand_stylesheet"),
    path("brand/dashboard.css", serving.dashboard_stylesheet, name="brand_dashboard_stylesheet"),
    path("brand/logo", serving.logo, name="brand_logo"),
    path("brand/icon-<int:size>.png", serving.icon, name="brand_icon"),
]
