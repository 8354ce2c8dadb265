"""People: staff who sign in, members who belong, how each is found, and what each agreed to."""

from members.models.consent import Consent, ConsentEvidence, ConsentText, Purpose
from members.models.guess import Guess
from members.models.identifier import Identifier
from members.models.member import Member, NameToken
from members.models.one_time_code import OneTimeCode
from members.models.pin import StaffPin
from members.models.tag import Tag
from members.models.timeline import TimelineItem
from members.models.user import User

__all__ = [
    "Consent",
    "ConsentEvidence",
    "ConsentText",
    "Guess",
    "Identifier",
    "Member",
    "NameToken",
    "OneTimeCode",
    "Purpose",
    "StaffPin",
    "Tag",
    "TimelineItem",
    "User",
]
