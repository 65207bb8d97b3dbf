"""Forms of surveys: setting one up with its questions, answering it, printing codes."""

from datetime import datetime, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from forums.event_forms import ActionForm
from forums.models import QuestionKind
from forums.survey_actions import MOST_CODES, PICK, TEXT_LIMIT, WRITE, clean_reply
from forums.survey_codes import clean as clean_code
from forums.survey_results import POINTS
from forums.texts import PlainField
from geumcheon.lib.form_fields import limit_days

QUESTIONS, CHOICES = 10, 12  # at most
INTRO_LIMIT, QUESTION_LIMIT, CHOICE_LIMIT = 1_000, 200, 60
WITH_CHOICES = (QuestionKind.CHOICE, QuestionKind.MANY)
FIRST_QUESTIONS = (
    {"kind": QuestionKind.SATISFACTION, "text": "이 행사에 얼마나 만족하셨습니까?", "required": True},
    {"kind": QuestionKind.TEXT, "text": "하고 싶은 말씀을 적어 주세요.", "required": False},
)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class SurveyForm(ActionForm):
    """The survey itself: until when, and what is said before the questions."""

    last_day = limit_days(
        forms.DateField(
            label="마지막 날", widget=DayInput, help_text="그날 밤 12시까지 답을 받습니다.",
            error_messages={"required": "마지막 날을 적어 주세요.", "invalid": "날짜를 적어 주세요. 예: 2026-12-15"},
        )
    )  # fmt: skip
    intro = PlainField(label="안내", limit=INTRO_LIMIT, required=False, help_text="비워도 됩니다. 물음 위에 보입니다.")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def closes_at(self):
        """The moment after the last day."""
        day = self.cleaned_data["last_day"] + timedelta(days=1)
        return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def last_day_of(survey):
    """The last day on which answers are taken."""
    return timezone.localtime(survey.closes_at - timedelta(microseconds=1)).date()


class QuestionForm(forms.Form):
    """One question; without words it is left out."""

    use_required_attribute = False
    text = PlainField(label="물음", limit=QUESTION_LIMIT, line=True, required=False)
    kind = forms.ChoiceField(label="종류", choices=QuestionKind.choices, initial=QuestionKind.SATISFACTION)
    choices = PlainField(
        label="고를 것", limit=CHOICES * (CHOICE_LIMIT + 1), required=False,
        help_text=f"고르는 물음에만 한 줄에 하나씩, 둘에서 {CHOICES}개까지 적습니다.", widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    required = forms.BooleanField(label="꼭 답하기", required=False)

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def clean(self):
        data = super().clean()
        lines = [line for line in data.get("choices", "").splitlines() if line]
        if not data.get("text"):
            if lines:
                self.add_error("text", "물음을 적어 주세요. 이 물음을 빼려면 고를 것도 비워 주세요.")
            return data
        if data.get("kind") in WITH_CHOICES:
            self._check_choices(lines)
        elif lines:
            self.add_error("choices", "고르는 물음에만 적습니다. 비우거나 종류를 바꿔 주세요.")
        data["choices"] = "\n".join(lines)
        return data

    def _check_choices(self, lines):
        if len(lines) < 2 or len(lines) > CHOICES:
            self.add_error("choices", f"둘에서 {CHOICES}개까지 한 줄에 하나씩 적어 주세요.")
        elif len(set(lines)) < len(lines):
            self.add_error("choices", "같은 것이 두 번 있습니다.")
        elif max(map(len, lines)) > CHOICE_LIMIT:
            self.add_error("choices", f"한 줄에 {CHOICE_LIMIT}자까지 쓸 수 있습니다.")


class BaseQuestions(forms.BaseFormSet):
    def clean(self):
        if not any(self.errors) and not self.values():
            raise ValidationError("물음을 하나 이상 적어 주세요.")

    def values(self):
        """[{kind, text, choices, required}] of the questions that have words, in order."""
        names = ("kind", "text", "choices", "required")
        rows = (form.cleaned_data for form in self.forms)
        return [{name: row[name] for name in names} for row in rows if row.get("text")]


def question_forms(data=None, questions=None):
    """The formset of a survey's questions with room for three more; a new survey starts with the two usual ones."""
    initial = FIRST_QUESTIONS if questions is None else questions
    extra = min(3, QUESTIONS - len(initial))
    made = forms.formset_factory(
        QuestionForm, formset=BaseQuestions, extra=extra, max_num=QUESTIONS, absolute_max=QUESTIONS, validate_max=True
    )
    return made(data, prefix="q", initial=None if data is not None and questions is None else list(initial))


class CodesForm(ActionForm):
    """How many codes to print, and on what."""

    count = forms.IntegerField(
        label="몇 장", min_value=1, max_value=MOST_CODES, initial=20,
        error_messages={"required": "몇 장인지 적어 주세요.", "invalid": "수를 적어 주세요."},
    )  # fmt: skip
    form = forms.ChoiceField(
        label="모양", choices=[("cards", "부호 카드(한 쪽에 10장)"), ("sheets", "종이 설문지(한 사람에 한 장)")],
        initial="cards", widget=forms.RadioSelect,
    )  # fmt: skip


def _field(question):
    """The form field of a question; what it gives is what survey_actions.clean_reply takes."""
    missing = WRITE if question.kind == QuestionKind.TEXT else PICK
    asked = {"label": question.text, "required": question.required, "error_messages": {"required": missing}}
    if question.kind == QuestionKind.TEXT:
        return PlainField(limit=TEXT_LIMIT, help_text="이름이나 연락처는 적지 마세요.", **asked)
    if question.kind == QuestionKind.SATISFACTION:
        return forms.ChoiceField(choices=list(POINTS.items()), widget=forms.RadioSelect, **asked)
    choices = list(enumerate(question.choice_list))
    if question.kind == QuestionKind.MANY:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **asked)
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **asked)


class AnswerForm(ActionForm):
    """The questions of a survey, and the code that may answer it once."""

    code = forms.CharField(
        label="설문 부호", max_length=30, help_text="받은 부호 열 자를 적어 주세요. 띄어쓰기와 줄표는 없어도 됩니다.",
        error_messages={"required": "설문 부호를 적어 주세요."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, *args, questions, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[f"q{question.order}"] = _field(question)
        if len(questions) and self.initial.get("code"):
            self.fields["code"].help_text = "이 부호로 한 번만 답할 수 있습니다."

    def clean_code(self):
        if not clean_code(self.cleaned_data["code"]):
            raise ValidationError("부호는 글자와 숫자 열 자입니다. 받은 것을 다시 확인해 주세요.")
        return self.cleaned_data["code"]

    def clean(self):
        data = super().clean()
        for question in self.questions:
            name = f"q{question.order}"
            if name in data:
                try:
                    clean_reply(question, data[name])
                except ValidationError as error:
                    self.add_error(name, error)
        return data

    def replies(self):
        """What survey_actions.answer takes."""
        return {question.order: self.cleaned_data[f"q{question.order}"] for question in self.questions}
