"""The provider of tests and demonstrations: keeps what it takes, and behaves as it is told to."""

import json
import time

from django.db import connection

from campaigns.channels.base import NoAnswer, Outgoing, Refused, Unreachable
from campaigns.models import FakeBehaviour

_TAKE = """
    INSERT INTO campaigns_fakemessage AS taken (key, channel, address, subject, body, headers, at, asked)
    VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s, 1)
    ON CONFLICT (key) DO UPDATE SET asked = taken.asked + 1
    RETURNING id
"""


def send(message: Outgoing) -> str:
    """Takes a message once per key, as real providers do, and answers its own number for it."""
    told = FakeBehaviour.objects.filter(pk=message.channel).first() or FakeBehaviour(channel=message.channel)
    if told.mode == FakeBehaviour.Mode.DOWN:
        raise Unreachable("provider_down")
    if told.mode == FakeBehaviour.Mode.REFUSE:
        raise Refused("provider_refused")
    number = _take(message)
    if told.mode == FakeBehaviour.Mode.SLOW:
        time.sleep(told.seconds)
    if told.mode == FakeBehaviour.Mode.LOST:
        raise NoAnswer("no_answer")
    return f"fake-{number}"


def _take(message: Outgoing) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE,
            [
                message.key,
                message.channel,
                message.address,
                message.subject,
                message.text,
                json.dumps(message.headers),
                message.at,
            ],
        )
        return int(cursor.fetchone()[0])
