"""Forms of the budget admin."""

import json

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from budgets import formula as formulas
from budgets.models import BudgetLine, BudgetVersion, Measure, StatedFigure
from geumcheon.lib.form_fields import WonField
from geumcheon.lib.formsets import RowForm, RowFormSet
from geumcheon.lib.money import won
from projects.admin_forms import ProjectRowForm
from projects.conflicts import FixedFields

# The fragment is asked for a third of a second after the last key: fast enough to feel live, few enough requests.
CHECK = {
    "hx-get": reverse_lazy("admin:budgets_formula_check"),
    "hx-trigger": "input changed delay:300ms",
    "hx-target": "next .formula-check",
    "hx-swap": "innerHTML",
    "hx-sync": "closest fieldset:replace",
}


class LineFields:
    """What a line's form does in the inline and on its own page: amounts with commas, the check while typing."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        formula, amount = self.fields.get("formula"), self.fields.get("amount_krw")
        if formula:
            formula.widget.attrs |= CHECK | {"hx-include": "next [name$=amount_krw]", "autocomplete": "off"}
        if amount:
            amount.widget.attrs |= CHECK | {"hx-include": "previous [name$=formula]"}


class InlineLineForm(LineFields, RowForm):
    class Meta:
        model = BudgetLine
        fields = ()


class LineForm(LineFields, ProjectRowForm):
    class Meta:
        model = BudgetLine
        fields = ()


class LineFormSet(RowFormSet):
    """The lines of a project in the version in use; a new line joins that version."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        project = self.instance
        self.version = (
            BudgetVersion.objects.filter(plan=project.plan_id, is_current=True).first() if project.plan_id else None
        )

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        if form.instance.version_id is None and self.version is not None:
            form.instance.version = self.version
        return form

    @property
    def total_text(self):
        """The sum of the lines as they are stored."""
        return f"합계 {won(sum(line.amount_krw for line in self.get_queryset()))}"

    def clean(self):
        super().clean()
        if self.version is None and any(self._is_kept(form) for form in self.forms):
            raise ValidationError(
                "이 계획에는 지금 쓰는 예산 판이 없어 줄을 적을 수 없습니다. 예산 판을 먼저 정해 주세요."
            )


class VersionForm(FixedFields, forms.ModelForm):
    """A version; its plan never changes and its name tag is unique under it."""

    fixed = ("plan",)

    class Meta:
        model = BudgetVersion
        fields = ()


class FormulaCheckForm(forms.Form):
    """What the check while typing is asked: a calculation and perhaps an amount."""

    formula = forms.CharField(label="산출식", required=False, max_length=formulas.MAX_LENGTH)
    amount_krw = WonField(label="금액", required=False, min_value=0, max_value=formulas.MAX_WON)


# Which conditions a measure cannot do without, and which conditions there are at all (budgets.reconciliation).
NEEDED = {
    Measure.VERSION_TOTAL: ["version"],
    Measure.VERSION_PROJECT: ["version", "project"],
    Measure.VERSION_COUNT: ["version"],
    Measure.SEATS: ["body"],
    Measure.SUM_OF: ["of"],
}
NUMBERS = ("project", "year", "no")
TEXTS = ("item", "group", "budget_group", "heading", "nature", "funding", "version", "body", "kind", "of")


class FiltersField(forms.CharField):
    """Conditions typed one a line, `이름=값`, instead of JSON."""

    def __init__(self, **kwargs):
        super().__init__(widget=forms.Textarea(attrs={"rows": 4, "cols": 60}), max_length=2000, **kwargs)

    def prepare_value(self, value):
        if isinstance(value, dict):
            return "\n".join(f"{name}={v}" for name, v in value.items())
        return value

    def to_python(self, value):
        filters = {}
        for line in super().to_python(value).splitlines():
            name, sign, text = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not sign or name not in NUMBERS + TEXTS or not text:
                raise ValidationError(
                    f"읽을 수 없는 조건입니다: ‘{line[:60]}’. 쓸 수 있는 이름: {', '.join(NUMBERS + TEXTS)}"
                )
            if name in NUMBERS and not (text.isdecimal() and len(text) < 6):
                raise ValidationError(f"{name}에는 수를 적어 주세요: ‘{text[:20]}’")
            filters[name] = int(text) if name in NUMBERS else text
        return filters

    def run_validators(self, value):
        super().run_validators(self.prepare_value(value))

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != (json.loads(initial) if isinstance(initial, str) else initial or {})
        except ValidationError:
            return True


class StatedFigureForm(forms.ModelForm):
    """A stated figure whose measure has the conditions it needs: the reconciliation never meets one it cannot read."""

    filters = FiltersField(
        label="조건",
        required=False,
        help_text="어느 행을 세는지, 한 줄에 하나. 예: project=4 · item=사무관리비 · of=열쇠;열쇠",
    )
    decimals = forms.IntegerField(label="비교 자릿수", min_value=0, max_value=2, initial=0)

    class Meta:
        model = StatedFigure
        fields = ()

    def clean(self):
        cleaned = super().clean()
        measure, filters = cleaned.get("measure"), cleaned.get("filters")
        if measure is None or filters is None:
            return cleaned
        missing = [name for name in NEEDED.get(measure, []) if name not in filters]
        if missing:
            self.add_error("filters", f"‘{Measure(measure).label}’에는 조건 {', '.join(missing)}이(가) 있어야 합니다.")
        elif measure == Measure.SUM_OF and cleaned.get("plan"):
            wanted = filters["of"].split(";")
            known = set(cleaned["plan"].stated_figures.filter(key__in=wanted).values_list("key", flat=True))
            unknown = [key for key in wanted if key not in known]
            if unknown:
                self.add_error("filters", f"이 계획에 없는 적힌 수입니다: {', '.join(unknown)[:200]}")
        return cleaned
