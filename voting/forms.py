"""Forms of the vote: the check of a person, a paper, the counter's ticket, an objection and the look at one's own ballot."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError

from geumcheon.accounts.models import Dong
from geumcheon.lib import clock
from geumcheon.lib.form_fields import LinesField
from voting import checks
from voting.counting.codes import read_code
from voting.counting.errors import CountingError
from voting.models import Basis

OLDEST = 120  # years
_PICK = re.compile(r"[1-9][0-9]{0,3}")


class PersonForm(forms.Form):
    """Why somebody may vote in a round. What the round does not ask is not on the form."""

    basis = forms.ChoiceField(label="투표 자격", widget=forms.RadioSelect)
    dong = forms.ModelChoiceField(
        Dong.objects.all(), label="사는 동 또는 활동하는 동", required=False, empty_label="고르지 않음",
        help_text="동별 참여율을 내는 데에만 씁니다.", error_messages={"invalid_choice": "목록에 있는 동을 골라 주세요."},
    )  # fmt: skip
    birth_year = forms.IntegerField(label="출생연도", error_messages={"invalid": "출생연도 네 자리를 적어 주세요."})

    def __init__(self, *args, round, **kwargs):
        super().__init__(*args, **kwargs)
        self.round = round
        bases = [(value, Basis(value).label) for value in round.bases or Basis.values]
        self.fields["basis"].choices = bases
        self.fields["basis"].error_messages["invalid_choice"] = "이 투표의 자격 가운데에서 골라 주세요."
        self.fields["basis"].initial = bases[0][0]
        if len(bases) == 1:
            self.fields["basis"].widget = forms.HiddenInput()
        if not (round.min_birth_year or round.max_birth_year):
            del self.fields["birth_year"]
        else:
            self.fields["birth_year"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "bday-year"}

    def clean_birth_year(self):
        year, newest = self.cleaned_data["birth_year"], clock.today().year
        if not newest - OLDEST <= year <= newest:
            raise ValidationError("출생연도 네 자리를 적어 주세요.")
        first, last = self.round.min_birth_year, self.round.max_birth_year
        if (first and year < first) or (last and year > last):
            raise ValidationError("이 투표에 참여할 수 있는 나이가 아닙니다.")
        return year

    @property
    def facts(self):
        """{"basis", "dong", "birth_year"} as the roll takes them."""
        data = self.cleaned_data
        return {"basis": data["basis"], "dong": data.get("dong"), "birth_year": data.get("birth_year")}


class NumberForm(PersonForm):
    """The number that gets a code."""

    field_order = ["number", "basis", "dong", "birth_year"]
    number = forms.CharField(
        label="휴대전화 번호", max_length=30, help_text="예: 010-1234-5678", error_messages={"required": "휴대전화 번호를 적어 주세요."},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip

    def clean_number(self):
        return checks.normalise(self.cleaned_data["number"])


class ConfirmForm(NumberForm):
    """The code that came. Number and facts travel along unseen, in the voter's form only."""

    typed = forms.CharField(
        label="인증번호 6자리", max_length=12, error_messages={"required": "문자로 받은 인증번호를 넣어 주세요."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name != "typed":
                field.widget = forms.HiddenInput()


class RehearsalForm(PersonForm):
    """A rehearsal knows made-up voters only: any name plate stands for one."""

    field_order = ["plate", "basis", "dong", "birth_year"]
    plate = forms.RegexField(
        r"^[a-z0-9-]{1,40}$", label="연습용 이름표", help_text="지어낸 이름표 하나가 한 사람입니다. 예: voter-1",
        error_messages={"required": "이름표를 적어 주세요.", "invalid": "영문 소문자, 숫자, 붙임표만 씁니다."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class PaperForm(forms.Form):
    """The picks of one paper. `least`/`most` as the paper asks; numbers of this paper only, each once."""

    pick = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": "이 투표지에 없는 번호가 있습니다."}
    )

    def __init__(self, *args, contest, **kwargs):
        super().__init__(*args, **kwargs)
        self.contest = contest
        self.fields["pick"].choices = [(str(option.number), option.title) for option in contest.options.all()]

    def clean_pick(self):
        picks, least, most = self.cleaned_data["pick"], self.contest.min_picks, self.contest.max_picks
        if len(set(picks)) != len(picks):
            raise ValidationError("같은 것을 두 번 고를 수 없습니다.")
        asked = f"{most}개를" if least == most else f"{least}개에서 {most}개까지"
        if len(picks) > most:
            raise ValidationError(
                f"{asked} 고르는 투표지입니다. {len(picks)}개를 골랐으니 {len(picks) - most}개를 빼 주세요."
            )
        if len(picks) < least:
            raise ValidationError(
                f"{asked} 고르는 투표지입니다. {len(picks)}개를 골랐으니 {least - len(picks)}개를 더 골라 주세요."
            )
        return sorted(map(int, picks))

    @property
    def error(self):
        """What is wrong, in one sentence; "" when nothing is."""
        return " ".join(self.errors.get("pick", []))

    def kept(self):
        """The numbers of this paper among what was sent, right or not, so that nothing is lost."""
        known = {option.number for option in self.contest.options.all()}
        sent = {int(text) for text in self.data.getlist("pick") if _PICK.fullmatch(text)}
        return sorted(sent & known)


class OwnBallotForm(forms.Form):
    """The code, to look for one's own ballot."""

    code = forms.CharField(
        label="내 표 확인 코드", max_length=60, error_messages={"required": "코드를 넣어 주세요."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "own-code"}),
    )  # fmt: skip

    def clean_code(self):
        try:
            return read_code(self.cleaned_data["code"])
        except CountingError as error:
            raise ValidationError(str(error)) from None


class TicketForm(forms.Form):
    """What the counter's computer showed."""

    ticket = forms.CharField(
        label="창구에서 받은 번호", max_length=20, help_text="예: ABCD-2345", error_messages={"required": "창구에서 받은 번호를 넣어 주세요."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip


class CounterForm(PersonForm):
    """The counter: who stands there, seen with an identity card."""

    field_order = ["identity", "basis", "dong", "birth_year", "seen"]
    identity = forms.CharField(max_length=60)
    seen = forms.BooleanField(label="신분증을 보았습니다", error_messages={"required": "신분증을 보고 표시해 주세요."})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        by_text = self.round.level == "text"
        field = self.fields["identity"]
        field.label = "휴대전화 번호" if by_text else "명부 번호"
        field.error_messages["required"] = f"{field.label}를 적어 주세요."
        field.help_text = "온라인 투표와 같은 열쇠를 만듭니다. 보관하지 않습니다."
        field.widget.attrs |= {"autocomplete": "off", "inputmode": "tel" if by_text else "text"}

    def clean_identity(self):
        typed = unicodedata.normalize("NFKC", self.cleaned_data["identity"]).strip()
        return checks.normalise(typed) if self.round.level == "text" else typed


class ObjectionForm(forms.Form):
    """이의 신청."""

    text = LinesField(
        label="무엇이 잘못되었나요", max_length=2000, help_text="어느 부분을 왜 다시 보아야 하는지 적어 주세요. 2,000자까지.",
        error_messages={"required": "내용을 적어 주세요."}, widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    contact = forms.CharField(
        label="답을 받을 연락처 (안 적어도 됩니다)", required=False, max_length=120,
        help_text="답하는 데에만 쓰고, 투표 명부를 파기할 때 함께 파기합니다.",
    )  # fmt: skip
