"""People: staff who sign in, members who belong, how each is found, and what each agreed to."""

from members.models.cards import Card, CardBatch
from members.models.case import Case, CaseKind, CaseLine, CaseTerms, CloseReason
from members.models.consent import ASKED_AT_JOINING, Consent, ConsentEvidence, ConsentText, Purpose
from members.models.contact import StoreContact
from members.models.feedback import Feedback, FeedbackTerms
from members.models.guess import Guess
from members.models.identifier import Identifier
from members.models.member import Member, NameToken
from members.models.named_day import NamedDay
from members.models.note import Note
from members.models.one_time_code import OneTimeCode
from members.models.person import Person
from members.models.personal_data import Closing, DataRequest
from members.models.phone_move import PhoneMove
from members.models.pin import StaffPin
from members.models.spending import SpendingLock, SpendingPin
from members.models.staff_invitation import StaffInvitation
from members.models.survey import QuestionKind, Survey, SurveyReply, SurveyVersion
from members.models.tag import Tag
from members.models.terms import TermsAccepted, TermsText
from members.models.timeline import TimelineItem
from members.models.user import User
from members.models.voice import Voice

__all__ = [
    "ASKED_AT_JOINING",
    "Card",
    "CardBatch",
    "Case",
    "CaseKind",
    "CaseLine",
    "CaseTerms",
    "CloseReason",
    "Closing",
    "Consent",
    "ConsentEvidence",
    "ConsentText",
    "DataRequest",
    "Feedback",
    "FeedbackTerms",
    "Guess",
    "Identifier",
    "Member",
    "NameToken",
    "NamedDay",
    "Note",
    "OneTimeCode",
    "Person",
    "PhoneMove",
    "Purpose",
    "QuestionKind",
    "SpendingLock",
    "SpendingPin",
    "StaffInvitation",
    "StaffPin",
    "StoreContact",
    "Survey",
    "SurveyReply",
    "SurveyVersion",
    "Tag",
    "TermsAccepted",
    "TermsText",
    "TimelineItem",
    "User",
    "Voice",
]
