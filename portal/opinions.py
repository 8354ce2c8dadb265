"""What the member thinks: of a visit, and in short surveys."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events import clock
from loyalty import queries, statements
from members.models import QuestionKind
from members.relationship import feedback, saying, surveys, voices
from members.relationship.questions import Question
from members.relationship.surveys import Asked
from portal import access, frame
from portal.access import MemberRequest

PAGE = require_http_methods(["GET", "HEAD", "POST"])
# a visit is asked about within this time
ASKED_FOR = timedelta(days=7)


def waiting(request: MemberRequest, *, at: datetime) -> dict[str, Any]:
    """What the first page asks for: the last visit not judged yet, and the surveys that are open."""
    visit = statements.last_visit(request.member.pk, since=at - ASKED_FOR, at=at)
    if visit is not None and feedback.of_bill(purchase_id=visit.purchase_id) is not None:
        visit = None
    wanted = visit is None and voices.wanted(member_id=request.member.pk, at=at)
    return {
        "visit": visit,
        "voice_wanted": wanted,
        "surveys": [_told(one) for one in surveys.open_for(member_id=request.member.pk, at=at)],
    }


@PAGE
@access.members_only
def visit(request: MemberRequest, purchase_id: UUID) -> HttpResponse:
    """From 0 to 10, and why; once for each bill of one's own."""
    at = clock.now()
    try:
        bill = queries.purchase(purchase_id)
    except queries.PurchaseUnknown:
        raise Http404 from None
    if bill.member_id != request.member.pk:
        raise Http404
    wrong, score, comment = "", request.POST.get("score", ""), request.POST.get("comment", "")
    if request.method == "POST":
        if score.isascii() and score.isdigit() and len(score) <= 2 and int(score) <= 10:
            try:
                feedback.give(
                    member_id=request.member.pk,
                    score=int(score),
                    comment=comment,
                    purchase_id=purchase_id,
                    store_id=statements.store_of(purchase_id),
                    via="portal",
                    by=f"member:{request.member.pk}",
                    at=at,
                    request_id=access.request_id(request),
                )
                messages.success(request, _("Cảm ơn bạn đã góp ý."))
                return redirect("portal_home")
            except feedback.AlreadyJudged:
                return redirect("portal_feedback", purchase_id)
            except saying.WordsTooLong:
                wrong = _("Góp ý dài quá, hãy viết ngắn hơn.")
        else:
            wrong = _("Hãy chọn một số từ 0 đến 10.")
    context = frame.around(
        request,
        at=at,
        bill=bill,
        given=feedback.of_bill(purchase_id=purchase_id),
        wrong=wrong,
        score=score,
        scores=range(11),
        comment=comment,
    )
    return render(request, "portal/feedback.html", context, status=422 if wrong else 200)


@PAGE
@access.members_only
def survey(request: MemberRequest, survey_id: int) -> HttpResponse:
    """One to five questions; each member answers once."""
    at = clock.now()
    asked = next(
        (one for one in surveys.open_for(member_id=request.member.pk, at=at) if one.survey_id == survey_id), None
    )
    if asked is None:
        raise Http404
    wrong = ""
    if request.method == "POST":
        try:
            surveys.answer(
                survey_id=survey_id,
                member_id=request.member.pk,
                answers=_answers(asked, request.POST),
                via="portal",
                by=f"member:{request.member.pk}",
                at=at,
                request_id=access.request_id(request),
            )
            messages.success(request, _("Cảm ơn bạn đã trả lời."))
            return redirect("portal_home")
        except surveys.AlreadyAnswered:
            return redirect("portal_home")
        except (surveys.AnswerUnreadable, saying.WordsTooLong):
            wrong = _("Hãy trả lời các câu bắt buộc.")
    context = frame.around(request, at=at, survey=_told(asked), wrong=wrong, scores=range(11))
    return render(request, "portal/survey.html", context, status=422 if wrong else 200)


def _answers(asked: Asked, post: QueryDict) -> dict[str, Any]:
    said = {question.key: _said(question, post) for question in asked.questions}
    return {key: answer for key, answer in said.items() if answer not in ("", [])}


def _said(question: Question, post: QueryDict) -> Any:
    """An answer as the domain takes it: a key, keys, a number, words; nothing where nothing was said."""
    name = f"q-{question.key}"
    if question.kind == QuestionKind.CHOICES:
        return post.getlist(name)
    text = post.get(name, "")
    if question.kind == QuestionKind.SCALE and text.isascii() and text.isdigit() and len(text) <= 2:
        return int(text)
    return text


def _told(asked: Asked) -> dict[str, Any]:
    english = frame.language() == "en"
    version = asked.version
    return {
        "id": asked.survey_id,
        "title": version.title_en if english else version.title_vi,
        "intro": version.intro_en if english else version.intro_vi,
        "questions": [
            {
                "key": question.key,
                "kind": question.kind,
                "required": question.required,
                "text": question.text_en if english else question.text_vi,
                "options": [
                    {"key": option.key, "text": option.text_en if english else option.text_vi}
                    for option in question.options
                ],
            }
            for question in asked.questions
        ],
    }
