"""What visitors may ask of a plan's budget lines and of its reconciliation."""

from django import forms

from budgets.models import BudgetGroup, BudgetItem, Funding, Nature
from budgets.reconciliation import KINDS
from councils.forms import BAD_CHOICE
from projects.models import ProjectGroup


def _row(label, model):
    return forms.ModelChoiceField(
        model.objects.none(),
        label=label,
        required=False,
        empty_label="전체",
        to_field_name="name",
        error_messages=BAD_CHOICE,
    )


def _pick(label, choices):
    return forms.ChoiceField(label=label, required=False, choices=[("", "전체"), *choices], error_messages=BAD_CHOICE)


class LineFilter(forms.Form):
    """GET filters of the lines: each dimension of the rollups, so that every sum opens into its lines."""

    project = forms.TypedChoiceField(
        label="사업", required=False, coerce=int, empty_value=None, error_messages=BAD_CHOICE
    )
    body = _pick("추진분과", [])
    group = _row("구분", ProjectGroup)
    budget_group = _row("편성목", BudgetGroup)
    item = _row("통계목", BudgetItem)
    funding = _pick("재원", Funding.choices)
    nature = _pick("성격", Nature.choices)

    def __init__(self, data, plan, **kwargs):
        super().__init__(data, **kwargs)
        projects = plan.projects.prefetch_related("project_bodies__body").order_by("number")
        self.numbers_of = {}
        for project in projects:
            self.numbers_of.setdefault(project.bodies_label, []).append(project.number)
        self.fields["project"].choices = [("", "전체"), *((p.number, str(p)) for p in projects)]
        self.fields["body"].choices = [("", "전체"), *((label, label) for label in self.numbers_of)]
        self.fields["group"].queryset = plan.groups.all()
        self.fields["budget_group"].queryset = BudgetGroup.objects.filter(fiscal_year=plan.year)
        self.fields["item"].queryset = BudgetItem.objects.filter(fiscal_year=plan.year)

    def apply(self, lines):
        """The lines that the valid filters leave."""
        self.is_valid()
        wanted = {name: value for name, value in self.cleaned_data.items() if value}
        if "body" in wanted:
            lines = lines.filter(project__number__in=self.numbers_of[wanted["body"]])
        paths = {
            "project": "project__number",
            "group": "project__group",
            "budget_group": "item__group",
            "item": "item",
            "funding": "funding",
            "nature": "item__nature",
        }
        return lines.filter(**{paths[name]: value for name, value in wanted.items() if name in paths})

    @property
    def in_use(self):
        """Whether any valid filter is set."""
        return any(self.cleaned_data.values())


class FindingFilter(forms.Form):
    """GET filters of the reconciliation. Nothing is hidden by default: without a choice all findings are shown."""

    show = _pick("보기", [("mismatch", "다른 것만"), ("match", "같은 것만"), ("none", "계산할 수 없는 것만")])
    kind = _pick("종류", KINDS.items())
    q = forms.CharField(
        label="찾을 말",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
        error_messages={"max_length": "60자까지 찾을 수 있습니다."},
    )

    STATES = {"mismatch": False, "match": True, "none": None}

    def apply(self, findings):
        """The findings that the valid filters leave, mismatches first, then those without rows, each in printed order."""
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("show"):
            findings = [f for f in findings if f.matches is self.STATES[wanted["show"]]]
        if wanted.get("kind"):
            findings = [f for f in findings if f.kind == wanted["kind"]]
        if wanted.get("q"):
            q = wanted["q"].casefold()
            findings = [f for f in findings if q in f"{f.label} {f.where} {f.note}".casefold()]
        return sorted(findings, key=lambda f: (False, None, True).index(f.matches))

    @property
    def in_use(self):
        """Whether any valid filter is set."""
        return any(self.cleaned_data.values())
