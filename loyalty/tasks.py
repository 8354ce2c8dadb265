from celery import shared_task

from events import clock
from loyalty import nightly


@shared_task(name="loyalty.nightly")
def run_nightly() -> None:
    """What beat asks for once a night. Two of them do no harm; one that was killed is simply run again."""
    for _done in nightly.run(at=clock.now()):
        pass
