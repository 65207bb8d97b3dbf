"""The public page of a survey: answered by a code, once. The code travels in the body of a POST, never in an address."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from forums import event_pages, survey_actions, survey_codes, survey_results
from forums.models import Survey, SurveyState
from forums.survey_forms import AnswerForm, last_day_of
from geumcheon.accounts.request_parts import client_ip
from geumcheon.accounts.verification import limits

WRONG_CODES_PER_HOUR = 60  # from one network address; right ones are not counted: a whole hall shares one


def shown(event):
    """What an event's page tells of its survey: {open, last_day, result}; None without one that began."""
    survey = Survey.objects.filter(event=event.pk).exclude(state=SurveyState.DRAFT).first()
    if survey is None:
        return None
    survey.event = event
    found = {"open": survey_actions.is_open(survey), "last_day": last_day_of(survey), "result": None}
    if survey.state == SurveyState.CLOSED:
        found["result"] = survey_results.result(survey)
    return found


def own_code(registration, event):
    """The code to answer with from the own page; "" where there is nothing to answer (any more)."""
    if registration.checked_in_at is None or not registration.contact:
        return ""
    survey = Survey.objects.filter(event=event.pk).first()
    if survey is None or not survey_actions.is_open(survey):
        return ""
    code = survey_codes.of_registration(survey, registration)
    return code if survey.codes.filter(pk=survey_codes.hash_of(survey, code)).exists() else ""


def _refuse(request, form, error):
    """Put a refusal at its field; wrong codes are counted by address, so that nobody guesses."""
    if "code" in getattr(error, "error_dict", {}):
        try:
            limits.check_address("survey-code", client_ip(request), WRONG_CODES_PER_HOUR)
        except ValidationError as slower:
            error = slower
    form.refuse(error)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request, pk):
    """The questions. A POST with `start` only brings the code of the own page; one without it answers."""
    event = get_object_or_404(event_pages.listed().select_related("kind"), pk=pk)
    found = get_object_or_404(Survey.objects.exclude(state=SurveyState.DRAFT), event=event)
    if not survey_actions.is_open(found):
        return redirect(f"{reverse('event', args=[pk])}#survey")
    questions = list(found.questions.order_by("order"))
    done = False
    if request.method != "POST":
        form = AnswerForm(questions=questions)
    elif "start" in request.POST:
        code = survey_codes.clean(request.POST.get("code", "")[:30])
        form = AnswerForm(questions=questions, initial={"code": survey_codes.shown(code) if code else ""})
    else:
        form = AnswerForm(request.POST, questions=questions)
        done = form.is_valid() and _answer(request, found, form)
    context = {"event": event, "survey": found, "form": form, "done": done, "last_day": last_day_of(found)}
    return render(request, "forums/survey.html", context)


def _answer(request, found, form):
    """Whether the answer was taken. Answered in place: no address tells that somebody just did."""
    try:
        survey_actions.answer(survey=found, code=form.cleaned_data["code"], replies=form.replies())
    except ValidationError as error:
        _refuse(request, form, error)
        return False
    return True
