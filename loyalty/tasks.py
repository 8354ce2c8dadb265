from celery import shared_task

from events import clock
from loyalty import nightly


@shared_task(name="loyalty.nightly")
def ask_for_nights() -> None:
    """What beat says, often: every night that is due is asked for. Two beats, or none for a week, do no harm."""
    nightly.plan(at=clock.now())
