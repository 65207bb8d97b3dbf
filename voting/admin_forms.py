"""Forms of the admin pages of votes."""

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect

from voting.models import Basis, Objection, Round, TieStep


class NamedAutocomplete(AutocompleteSelect):
    """A choice by typing whose empty box says so."""

    def build_attrs(self, base_attrs, extra_attrs=None):
        return super().build_attrs(base_attrs, extra_attrs) | {"data-placeholder": "고르지 않음"}


def moment_field(label):
    """Arguments of a form field for a moment: a day and an hour, each named for who hears the page."""
    widget = forms.SplitDateTimeWidget(
        date_attrs={"type": "date", "class": "vDateField", "aria-label": f"{label} 날짜"}, date_format="%Y-%m-%d",
        time_attrs={"type": "time", "class": "vTimeField", "aria-label": f"{label} 시각"}, time_format="%H:%M",
    )  # fmt: skip
    return {"form_class": forms.SplitDateTimeField, "widget": widget}


class RoundForm(forms.ModelForm):
    """A round in draft. The tie ladder is asked step by step: its order matters."""

    bases = forms.MultipleChoiceField(
        label="투표할 수 있는 사람", choices=Basis.choices, initial=Basis.values, widget=forms.CheckboxSelectMultiple,
        required=False,
    )  # fmt: skip

    class Meta:
        model = Round
        fields = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        ladder = self.instance.tie_ladder or []
        for place, name in enumerate(self.steps()):
            if name in self.fields:
                self.fields[name].initial = ladder[place] if place < len(ladder) else ""

    @staticmethod
    def steps():
        return [f"tie_{place}" for place in range(1, len(TieStep.values) + 1)]

    def clean(self):
        cleaned = super().clean()
        if "tie_1" in self.fields:
            ladder = [cleaned[name] for name in self.steps() if cleaned.get(name)]
            if len(set(ladder)) != len(ladder):
                self.add_error("tie_1", "같은 단계를 두 번 고를 수 없습니다.")
            else:
                self.instance.tie_ladder = ladder
        return cleaned


def _step(place):
    choices = [("", "없음"), *TieStep.choices]
    return forms.ChoiceField(label=f"동점 {place}단계", choices=choices, required=False)


for _place, _name in enumerate(RoundForm.steps(), 1):
    RoundForm.base_fields[_name] = RoundForm.declared_fields[_name] = _step(_place)


class VoidForm(forms.Form):
    reason = forms.CharField(label="사유", max_length=2000, widget=forms.Textarea, help_text="공개됩니다.")


class ShareForm(forms.Form):
    """A holder's share: read once, compared, forgotten."""

    share = forms.CharField(
        label="열쇠 조각",
        max_length=400,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class AnswerForm(forms.Form):
    state = forms.ChoiceField(
        label="판단", choices=[(s.value, s.label) for s in (Objection.State.ACCEPTED, Objection.State.REJECTED)]
    )
    answer = forms.CharField(label="답변", max_length=2000, widget=forms.Textarea)
