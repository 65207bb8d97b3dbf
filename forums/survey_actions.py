"""Every write of a survey: set up, opened, codes, answers, closed. Each holds the survey's row.

Nothing links an answer to a person. The transaction that writes an answer deletes a code's hash, which names nobody, and
writes all answers of the survey anew in the order of fresh random keys: on PostgreSQL they share one xmin, and neither the
order of rows nor a key tells which came last. What was there before is freed at once. Nor does an answer say whether it came
on paper: the one sheet of the one guest without a phone would be that guest's.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from forums import event_mails, survey_codes
from forums.event_actions import KEEP_CONTACTS
from forums.event_seats import lock as lock_event
from forums.models import (
    SURVEY_MOVES,
    EventState,
    QuestionKind,
    Survey,
    SurveyAnswer,
    SurveyCode,
    SurveyQuestion,
    SurveyState,
    keyed,
)
from forums.texts import clean_text
from geumcheon.lib import clock, old_rows
from projects.models import Plan
from projects.tasks import refresh_indicators

MOST_CODES = 200  # printed at once
MOST_UNUSED = 2_000  # printed and not used yet
TEXT_LIMIT = 1_000
POINTS = range(1, 6)
WRITE, PICK = "적어 주세요.", "골라 주세요."
NO_CODE = "이미 쓴 부호이거나 없는 부호입니다. 부호 하나로 한 번만 답할 수 있습니다."


class StaleSurvey(ValidationError):
    """Somebody else saved the survey since the form was opened; nothing was written."""


def _permit(by, event):
    if not by.has_perm("forums.run_event", event):
        raise PermissionDenied


def _locked(survey, by=None):
    list(Survey.objects.select_for_update().filter(pk=survey.pk).values_list("pk", flat=True))
    row = Survey.objects.select_related("event__kind", "event__project__plan").get(pk=survey.pk)
    if by is not None:
        _permit(by, row.event)
    return row


def is_open(survey):
    """Whether answers are taken now."""
    return survey.state == SurveyState.OPEN and clock.now() < survey.closes_at


def latest_end(event):
    """The moment a survey has to be closed by: then contacts and own addresses are destroyed. None where no day is set."""
    end = event.ends_at or event.starts_at
    return end + KEEP_CONTACTS if end else None


def _check_end(event, closes_at):
    latest = latest_end(event)
    if latest is not None and closes_at > latest:
        raise ValidationError(
            {"last_day": f"행사가 끝나고 {KEEP_CONTACTS.days}일 안에 마감해야 합니다. 그 뒤에는 연락처를 없앱니다."}
        )


# --- setting up ---------------------------------------------------------------------------------------------------
@transaction.atomic
def save(*, event, by, intro, closes_at, questions=None, version=None):
    """Set up or change an event's survey. Returns the Survey.

    questions: [{kind, text, choices, required}] in order; only while nobody can answer. closes_at: the moment that is
    excluded. Raises ValidationError at the field (`last_day`), StaleSurvey, PermissionDenied.
    """
    owner = lock_event(event)
    _permit(by, owner)
    row = Survey.objects.select_for_update().filter(event=owner).first() or Survey(event=owner, version=0)
    if version is not None and version != row.version:
        raise StaleSurvey("다른 사람이 먼저 고쳤습니다. 바뀐 내용을 확인하고 다시 저장해 주세요.")
    if row.state == SurveyState.CLOSED or owner.state == EventState.CANCELLED:
        raise ValidationError("마감한 설문이나 취소한 행사의 설문은 고칠 수 없습니다.")
    if questions is not None and row.state != SurveyState.DRAFT:
        raise ValidationError("답을 받기 시작한 설문의 물음은 고칠 수 없습니다.")
    _check_end(owner, closes_at)
    if row.state == SurveyState.OPEN and closes_at <= clock.now():
        raise ValidationError({"last_day": "지난 날입니다. 바로 끝내려면 ‘지금 마감’을 누르세요."})
    row.intro, row.closes_at, row.version = intro, closes_at, row.version + 1
    row.full_clean()
    row.save()
    if questions is not None:
        _write_questions(row, questions)
    return row


def _write_questions(row, questions):
    if not questions:
        raise ValidationError("물음을 하나 이상 적어 주세요.")
    row.questions.all().delete()
    for order, values in enumerate(questions, 1):
        question = SurveyQuestion(survey=row, order=order, **values)
        question.full_clean()
        question.save()


def _move(row, to):
    if to not in SURVEY_MOVES[row.state]:
        raise ValidationError(
            f"‘{row.get_state_display()}’ 상태의 설문은 ‘{SurveyState(to).label}’(으)로 바꿀 수 없습니다."
        )
    row.state, row.version = to, row.version + 1
    row.full_clean()
    row.save()


@transaction.atomic
def start(*, survey, by):
    """Take answers from now on; everybody who was checked in and left a contact is told once where to answer.

    Raises ValidationError, PermissionDenied. Twice is once.
    """
    row = _locked(survey, by)
    if row.state == SurveyState.OPEN:
        return row
    if row.event.state != EventState.CLOSED:
        raise ValidationError("행사를 마친 뒤에 설문을 시작할 수 있습니다.")
    if row.closes_at <= clock.now():
        raise ValidationError("마지막 날이 지났습니다. 설문을 고쳐 날을 다시 정해 주세요.")
    _check_end(row.event, row.closes_at)
    if not row.questions.exists():
        raise ValidationError("물음을 하나 이상 적어 주세요.")
    row.opens_at = clock.now()
    _move(row, SurveyState.OPEN)
    people = list(came_with_contact(row.event))
    _write_codes(row, [survey_codes.of_registration(row, person) for person in people])
    event_mails.tell_survey(people, row.event)
    return row


def came_with_contact(event):
    """The registrations that answer by their own page: checked in, with a contact to be told by."""
    return (
        event.registrations.filter(checked_in_at__isnull=False)
        .exclude(contact="")
        .exclude(token_hash="")
        .order_by("line")
    )


def _write_codes(row, codes, printed=False):
    """One statement in the order of the hashes: the rows do not stand in the order of people or sheets."""
    hashes = sorted(survey_codes.hash_of(row, code) for code in codes)
    SurveyCode.objects.bulk_create([SurveyCode(code_hash=h, survey=row, printed=printed) for h in hashes])


@transaction.atomic
def print_codes(*, survey, by, count):
    """Make `count` codes for paper. Returns them; they are shown this once and kept nowhere. Raises ValidationError, PermissionDenied."""
    row = _locked(survey, by)
    if row.state == SurveyState.CLOSED:
        raise ValidationError("마감한 설문입니다.")
    if not 1 <= count <= MOST_CODES:
        raise ValidationError({"count": f"1에서 {MOST_CODES}까지 적어 주세요."})
    if row.codes.filter(printed=True).count() + count > MOST_UNUSED:
        raise ValidationError({"count": f"아직 쓰지 않은 종이 부호가 {MOST_UNUSED:,}개를 넘을 수 없습니다."})
    codes = [survey_codes.new() for _ in range(count)]
    _write_codes(row, codes, printed=True)
    return codes


# --- answering ----------------------------------------------------------------------------------------------------
def clean_reply(question, value):
    """A reply as it is kept: points 1 to 5, the place of a choice from 0, a sorted list of places, a text; None for none.

    Raises ValidationError.
    """
    empty = value is None or value == "" or value == []
    if empty:
        if question.required:
            raise ValidationError(WRITE if question.kind == QuestionKind.TEXT else PICK)
        return None
    if question.kind == QuestionKind.TEXT:
        return clean_text(value, TEXT_LIMIT) or None
    places = POINTS if question.kind == QuestionKind.SATISFACTION else range(len(question.choice_list))
    picked = [int(one) for one in (value if question.kind == QuestionKind.MANY else [value])]
    if not set(picked) <= set(places):
        raise ValidationError("있는 것 가운데에서 골라 주세요.")
    return sorted(set(picked)) if question.kind == QuestionKind.MANY else picked[0]


def _clean_replies(row, replies):
    kept, errors = {}, {}
    for key, question in keyed(row.questions.order_by("order")):
        try:
            reply = clean_reply(question, replies.get(question.order))
        except ValidationError as error:
            errors[f"q{question.order}"] = error
        else:
            if reply is not None:
                kept[key] = reply
    if errors:
        raise ValidationError(errors)
    return kept


@transaction.atomic
def answer(*, survey, code, replies, by=None):
    """Take one answer for one unused code. replies: {question's order: value}. Returns nothing that could be linked.

    by: the office types in a paper answer; its code must be a printed one. Raises ValidationError at `code`, at `q<order>`
    or as a whole (code "closed"), PermissionDenied.
    """
    row = _locked(survey, by)
    if not is_open(row):
        raise ValidationError("지금 답을 받지 않는 설문입니다.", code="closed")
    kept = _clean_replies(row, replies)
    code = survey_codes.clean(code)
    unused = row.codes.filter(pk=survey_codes.hash_of(row, code)) if code else row.codes.none()
    if by is not None:
        unused = unused.filter(printed=True)
    if not unused.delete()[0]:
        raise ValidationError({"code": ValidationError(NO_CODE, code="code")})
    _write_anew(row, SurveyAnswer(survey=row, replies=kept))
    transaction.on_commit(_free_old_rows, robust=True)  # the answer stands whatever becomes of this


def _write_anew(row, made):
    """Put an answer among the others: all leave and come back under fresh keys, in the order of the keys."""
    fresh = [SurveyAnswer(survey=row, replies=a.replies) for a in row.answers.all()]
    row.answers.all().delete()
    SurveyAnswer.objects.bulk_create(sorted([*fresh, made], key=lambda answer: answer.pk.bytes))


def _free_old_rows():
    old_rows.free(SurveyAnswer._meta.db_table, SurveyCode._meta.db_table)


# --- after it -----------------------------------------------------------------------------------------------------
def overdue():
    """Surveys whose last day is over."""
    return Survey.objects.filter(state=SurveyState.OPEN, closes_at__lte=clock.now())


@transaction.atomic
def close(*, survey, by=None):
    """End a survey: unused codes go, the result is told, the indicators are counted again. Twice is once.

    by None: the clock, which ends only what is overdue. Raises ValidationError, PermissionDenied.
    """
    row = _locked(survey, by)
    if row.state == SurveyState.CLOSED or (by is None and not overdue().filter(pk=row.pk).exists()):
        return row
    _move(row, SurveyState.CLOSED)
    row.codes.all().delete()
    for plan_id in Plan.objects.filter(year=row.event.year).values_list("pk", flat=True):
        refresh_indicators.delay_on_commit(plan_id)
    return row
