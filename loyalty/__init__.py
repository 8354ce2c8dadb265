"""The project: settings, urls, celery; and the ledger: stores, purchases, points, rules, tiers."""

from loyalty.celery import app as celery_app

__all__ = ["celery_app"]
