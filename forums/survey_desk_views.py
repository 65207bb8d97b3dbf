"""The office's pages of an event's survey: setting it up, starting, printing codes, typing in paper, ending, the result."""

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from forums import survey_actions as actions
from forums import survey_codes, survey_results
from forums.event_desk_views import event_at_desk, form_view
from forums.models import QuestionKind, Survey, SurveyState
from forums.survey_forms import AnswerForm, CodesForm, SurveyForm, last_day_of, question_forms


def _survey(event):
    found = get_object_or_404(Survey, event=event.pk)
    found.event = event
    return found


def _page(request, event, survey, codes_form, status=200):
    context = {"event": event, "survey": survey, "codes_form": codes_form}
    if survey is not None:
        context |= {
            "questions": list(survey.questions.order_by("order")),
            "last_day": last_day_of(survey),
            "answers": survey.answers.count(),
            "unused": survey.codes.count(),
            "overdue": survey.state == SurveyState.OPEN and not actions.is_open(survey),
            "result": survey_results.result(survey) if survey.state == SurveyState.CLOSED else None,
        }
    context["told"] = actions.came_with_contact(event).count()
    return render(request, "forums/survey_desk.html", context, status=status)


@never_cache
@login_required
@require_safe
def desk(request, pk):
    """How the survey stands, its buttons, and after closing what was said."""
    event = event_at_desk(request, pk)
    survey = Survey.objects.filter(event=event.pk).first()
    return _page(request, event, survey, CodesForm())


def _forms(request, survey):
    """(SurveyForm, questions or None) for a new survey, a prepared one, or one that takes answers (questions stand)."""
    data = request.POST if request.method == "POST" else None
    initial = {"version": survey.version if survey else 0}
    if survey:
        initial |= {"last_day": last_day_of(survey), "intro": survey.intro}
    form = SurveyForm(data, initial=initial)
    if survey and survey.state != SurveyState.DRAFT:
        return form, None
    rows = survey and [
        {"kind": q.kind, "text": q.text, "choices": q.choices, "required": q.required}
        for q in survey.questions.order_by("order")
    ]
    return form, question_forms(data, rows)


@never_cache
@login_required
@form_view
def edit(request, pk):
    """Set the survey up; once answers are taken only the last day and the words above can change."""
    event = event_at_desk(request, pk)
    survey = Survey.objects.filter(event=event.pk).first()
    if survey and survey.state == SurveyState.CLOSED:
        messages.error(request, "마감한 설문은 고칠 수 없습니다.")
        return redirect("survey_desk", pk)
    form, questions = _forms(request, survey)
    if request.method == "POST" and all([form.is_valid(), questions is None or questions.is_valid()]):
        try:
            actions.save(
                event=event, by=request.user, intro=form.cleaned_data["intro"], closes_at=form.closes_at,
                questions=questions and questions.values(), version=form.cleaned_data["version"] or 0,
            )  # fmt: skip
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "설문을 저장했습니다.")
            return redirect("survey_desk", pk)
    title = "설문 고치기" if survey else "설문 만들기"
    context = {"event": event, "form": form, "questions": questions, "title": title}
    return render(request, "forums/survey_form.html", context)


def _do(request, pk, act, sentence):
    survey = _survey(event_at_desk(request, pk))
    try:
        act(survey=survey, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, sentence)
    return redirect("survey_desk", pk)


@login_required
@require_POST
def start(request, pk):
    """Take answers, and tell who came."""
    return _do(request, pk, actions.start, "설문을 시작하고, 확인한 사람 가운데 연락처가 있는 사람에게 알렸습니다.")


@login_required
@require_POST
def close(request, pk):
    """End the survey now."""
    return _do(request, pk, actions.close, "설문을 마감했습니다. 결과를 행사 쪽에 보이고 지표를 다시 셉니다.")


def _qr(event):
    """The survey's address as inline SVG; the code is not in it, so that it comes into no log."""
    code = segno.make(settings.SITE_URL + reverse("survey", args=[event.pk]), error="m", micro=False)
    return mark_safe(code.svg_inline(omitsize=True, border=2, svgclass="code-qr", lineclass=None))  # noqa: S308 - our own drawing


@never_cache
@login_required
@require_POST
def codes(request, pk):
    """A sheet of new codes to print. They are shown this once: the answer to the POST is the sheet."""
    event = event_at_desk(request, pk)
    survey, form = _survey(event), CodesForm(request.POST)
    if form.is_valid():
        try:
            made = actions.print_codes(survey=survey, by=request.user, count=form.cleaned_data["count"])
        except ValidationError as error:
            form.refuse(error)
        else:
            context = {
                "event": event, "survey": survey, "codes": [survey_codes.shown(code) for code in made], "qr": _qr(event),
                "address": (settings.SITE_URL + reverse("survey", args=[event.pk])).split("://", 1)[1],
                "questions": list(survey.questions.order_by("order")), "points": survey_results.POINTS.values(),
                "kinds": QuestionKind, "last_day": last_day_of(survey), "back_url": reverse("survey_desk", args=[pk]),
            }  # fmt: skip
            return render(request, f"forums/survey_{form.cleaned_data['form']}.html", context)
    return _page(request, event, survey, form)


@sensitive_post_parameters()
@never_cache
@login_required
@form_view
def paper(request, pk):
    """Type in a filled sheet; its printed code is used up, so that no sheet counts twice."""
    event = event_at_desk(request, pk)
    survey = _survey(event)
    if not actions.is_open(survey):
        messages.error(request, "지금 답을 받지 않는 설문입니다.")
        return redirect("survey_desk", pk)
    questions = list(survey.questions.order_by("order"))
    form = AnswerForm(request.POST if request.method == "POST" else None, questions=questions)
    if form.is_bound and form.is_valid():
        try:
            actions.answer(survey=survey, code=form.cleaned_data["code"], replies=form.replies(), by=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "종이 설문 한 장을 적었습니다. 다음 장을 적어 주세요.")
            return redirect("survey_paper", pk)
    return render(request, "forums/survey_paper.html", {"event": event, "survey": survey, "form": form})
