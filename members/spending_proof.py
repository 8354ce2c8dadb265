"""That a member is here while something of theirs leaves: their screen, a code that was sent to them, or their PIN.

Every door hands the proof to `rewards.checkout` as it was shown. It is judged before the transaction of the sale, so
that a try outlives a refusal, and used up inside it, so that it lets something leave once; a bill that stands in the
books already asks for nothing, and what was said with it counts for nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from events.refusals import Refusal
from members import guessing, one_time_codes, qr, spending_pins
from members.guessing import Limit, Tries
from members.models import OneTimeCode
from members.one_time_codes import CodeRefused, CodeUnreadable, Judged
from members.qr import QrRefused
from members.spending_pins import PinRefused, PinUnreadable

# a screen that has just lapsed is nobody's attack; a hundred million numbers at this pace are
WRONG_SCREENS = (60, timedelta(hours=1))
# longer than any door carries a screen it has seen
REMEMBERED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Screen:
    """The code on the member's screen, as scanned now."""

    text: str


@dataclass(frozen=True, slots=True)
class ScreenSeen:
    """A screen that the same door verified a while ago, for this member: its trace (`members.qr.trace`)."""

    trace: bytes


@dataclass(frozen=True, slots=True)
class SentCode:
    """Six digits that were sent to the member for spending."""

    code: str


@dataclass(frozen=True, slots=True)
class Pin:
    """The PIN the member chose to spend with."""

    pin: str


Proof = Screen | ScreenSeen | SentCode | Pin


@dataclass(slots=True)
class Tried:
    """A proof that was judged; what came of it is told by `use_up`."""

    proof: Proof
    member_id: UUID
    tries: Tries
    refusal: Refusal | None = None
    judged: Judged | None = None

    def use_up(self, *, member_id: UUID | None, at: datetime) -> bool:
        """In the transaction of what it lets leave: the proof holds, for this member, and is worth nothing from now on.

        False where a door carries a screen that has let something leave before: then nothing was shown.

        Raises QrRefused, CodeRefused, CodeUnreadable, PinRefused, PinUnreadable, TooManyGuesses.
        """
        if self.refusal is None and member_id != self.member_id:
            self.refusal = _REFUSED[type(self.proof)]()  # the phone or card changed hands meanwhile
        if self.refusal is not None:
            self.tries.wrong = isinstance(self.refusal, QrRefused | CodeRefused | PinRefused)
            raise self.refusal
        match self.proof:
            case Screen(text):
                if not _use_up_screen(qr.trace(text), at=at):
                    raise QrRefused
            case ScreenSeen(trace):
                return _use_up_screen(trace, at=at)
            case SentCode() if self.judged is not None:
                one_time_codes.use_up(self.judged, at=at)
            case Pin():
                spending_pins.forgive(member_id=self.member_id)
        return True


_REFUSED: dict[type[Proof], type[Refusal]] = {
    Screen: QrRefused,
    ScreenSeen: QrRefused,
    SentCode: CodeRefused,
    Pin: PinRefused,
}


@contextmanager
def tried(
    proof: Proof | None, *, member_id: UUID | None, asker: str, practice: bool, at: datetime
) -> Iterator[Tried | None]:
    """Around a sale, outside of its transaction. None where nothing was shown, or nobody is named who could have.

    `asker`: whose wrong tries are counted beside the member's own: a till, a device.
    """
    if proof is None or member_id is None:
        yield None
        return
    with guessing.counted(*_limits(proof, member_id=member_id, asker=asker, practice=practice), at=at) as tries:
        made = Tried(proof, member_id, tries, refusal=tries.refused)
        if made.refusal is None:
            tries.wrong = True  # whoever ends this process in the middle has tried
            try:
                _judge(made, practice=practice, at=at)
            except (CodeUnreadable, PinUnreadable) as unreadable:
                made.refusal = unreadable
            tries.wrong = False
        yield made


def _limits(proof: Proof, *, member_id: UUID, asker: str, practice: bool) -> tuple[Limit, ...]:
    match proof:
        case Screen():
            tries, within = WRONG_SCREENS
            return tuple(
                Limit(kind=kind, of=of, tries=tries, within=within)
                for kind, of in (("screen by", asker), ("screen of", str(member_id)))
            )
        case SentCode():
            purpose = one_time_codes.Purpose.SPEND
            return one_time_codes.limits(purpose=purpose, member_id=member_id, asker=asker, practice=practice)
        case Pin():
            return spending_pins.limits(member_id=member_id)
        case ScreenSeen():
            return ()


def _judge(made: Tried, *, practice: bool, at: datetime) -> None:
    right = True
    match made.proof:
        case Screen(text):
            try:
                right = qr.verify(text, at=at) == made.member_id
            except QrRefused:
                right = False
        case SentCode(code):
            made.judged = one_time_codes.judge(
                purpose=one_time_codes.Purpose.SPEND, member_id=made.member_id, code=code, practice=practice, at=at
            )
            right = made.judged.right
        case Pin(pin):
            right = spending_pins.is_right(member_id=made.member_id, pin=spending_pins.read(pin))
    if not right:
        made.refusal = _REFUSED[type(made.proof)]()


_USED = """
    INSERT INTO members_onetimecode (purpose, subject, code_hash, asked_at, expires_at, tries, used_at)
    VALUES (%s, %s, '', %s, %s, 0, %s)
    ON CONFLICT (purpose, subject) DO NOTHING
"""


def _use_up_screen(trace: bytes, *, at: datetime) -> bool:
    """False where it was used up before."""
    with connection.cursor() as cursor:
        cursor.execute(_USED, [OneTimeCode.Purpose.SCREEN.value, trace, at, at + REMEMBERED, at])
        return bool(cursor.rowcount == 1)
