"""Forms of paper votes: a batch, a sheet as somebody reads it, a third look, the count of what was handed out."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError

from geumcheon.lib.form_fields import LinesField
from voting.models import VoidReason

_APART = re.compile(r"[\s,.·/]+")
_PICK = re.compile(r"[1-9][0-9]{0,3}")
MOST = 100_000  # sheets: a slip of the finger, not a vote


def sheets_field(label, help_text=""):
    """A number of sheets, 0 and up."""
    wrong = "0 이상의 장수를 숫자로 적어 주세요."
    messages = {"required": f"{label}의 장수를 적어 주세요. 없으면 0입니다.", "invalid": wrong, "min_value": wrong}
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=0, max_value=MOST, error_messages=messages, widget=widget
    )


class BatchForm(forms.Form):
    """A new batch: how many sheets lie in it, counted by hand."""

    papers = sheets_field("손으로 센 장수")


class RecountForm(BatchForm):
    """Another number of sheets for a batch, and why."""

    reason = forms.CharField(label="고치는 까닭", max_length=200, error_messages={"required": "까닭을 적어 주세요."})


class ClearForm(forms.Form):
    """Which of the two entries is thrown away, and why."""

    entry = forms.TypedChoiceField(label="비울 입력", coerce=int, choices=[(1, "첫 입력"), (2, "둘째 입력")])
    reason = forms.CharField(label="비우는 까닭", max_length=200, error_messages={"required": "까닭을 적어 주세요."})


class ReadingForm(forms.Form):
    """What stands on a sheet: numbers typed or tapped, or why it is void. The paper's own rule is the action's to ask."""

    picks = forms.CharField(
        label="고른 번호", required=False, max_length=200, help_text="예: 1 4 7. 아래에서 눌러 골라도 됩니다.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )  # fmt: skip
    tiles = forms.MultipleChoiceField(
        label="눌러서 고르기", required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "이 투표용지에 없는 번호가 있습니다."},
    )  # fmt: skip
    void = forms.ChoiceField(
        label="무효라면 사유", required=False, choices=[("", "유효"), *VoidReason.choices],
        error_messages={"invalid_choice": "정해진 사유 가운데에서 골라 주세요."},
    )  # fmt: skip

    def __init__(self, *args, contest, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tiles"].choices = [(str(option.number), option.title) for option in contest.options.all()]

    def clean_picks(self):
        typed = unicodedata.normalize("NFKC", self.cleaned_data["picks"]).strip()
        parts = [part for part in _APART.split(typed) if part]
        if not all(_PICK.fullmatch(part) for part in parts):
            raise ValidationError("번호를 1 4 7처럼 띄어 적어 주세요.")
        return [int(part) for part in parts]

    def clean(self):
        data = super().clean()
        tapped = [int(number) for number in data.get("tiles", [])]
        if tapped and data.get("picks") and sorted(tapped) != sorted(data["picks"]):
            self.add_error("picks", "적은 번호와 눌러 고른 번호가 다릅니다. 하나만 써 주세요.")
        data["numbers"] = data.get("picks") or tapped
        return data

    @property
    def reading(self):
        """{"numbers", "void"} as the actions take them."""
        return {"numbers": self.cleaned_data["numbers"], "void": self.cleaned_data["void"]}


class SheetForm(ReadingForm):
    """A sheet of one's own entry."""

    field_order = ["sheet", "picks", "tiles", "void"]
    sheet = forms.IntegerField(
        label="몇 번째 장", min_value=1, error_messages={"required": "몇 번째 장인지 적어 주세요.", "invalid": "장의 차례를 숫자로 적어 주세요."},
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    again = forms.BooleanField(required=False, widget=forms.HiddenInput)


class ThirdLookForm(ReadingForm):
    """The third look, with its reason."""

    reason = LinesField(
        label="그렇게 정한 까닭", max_length=300, error_messages={"required": "왜 그렇게 정했는지 적어 주세요."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class CountForm(forms.Form):
    """What was handed out of a paper and what did not come into the box, in sheets."""

    issued = sheets_field("나눠 준 투표용지", "묶음에서 떼어 낸 장수입니다.")
    spoilt = sheets_field("망쳐서 바꿔 준 투표용지", "돌려받고 새로 준 장수입니다.")
    returned = sheets_field("쓰지 않고 돌려받은 투표용지")
    missing = sheets_field("돌려받지 못한 투표용지", "가지고 나가 투표함에 없는 장수입니다.")
    note = LinesField(
        label="설명", required=False, max_length=300, help_text="돌려받지 못한 투표용지가 있으면 꼭 적습니다.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
