"""What visitors may ask of a plan's budget lines and of its reconciliation."""

from budgets.models import BudgetGroup, BudgetItem, Funding, Nature
from budgets.reconciliation import KINDS
from budgets.rollups import body_of
from geumcheon.lib.filters import FilterForm, pick, pick_number, pick_row, search_word
from projects.models import ProjectGroup


class LineFilter(FilterForm):
    """GET filters of the lines: each dimension of the rollups, so that every sum opens into its lines."""

    project = pick_number("사업")
    body = pick("추진분과", [])
    group = pick_row("구분", ProjectGroup.objects.none())
    budget_group = pick_row("편성목", BudgetGroup.objects.none())
    item = pick_row("통계목", BudgetItem.objects.none())
    funding = pick("재원", Funding.choices)
    nature = pick("성격", Nature.choices)

    def __init__(self, data, plan, **kwargs):
        super().__init__(data, **kwargs)
        projects = plan.projects.prefetch_related("project_bodies__body").order_by("number")
        self.numbers_of = {}
        for project in projects:
            self.numbers_of.setdefault(body_of(project), []).append(project.number)
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


class FindingFilter(FilterForm):
    """GET filters of the reconciliation. Nothing is hidden by default: without a choice all findings are shown."""

    show = pick("보기", [("mismatch", "다른 것만"), ("match", "같은 것만"), ("none", "계산할 수 없는 것만")])
    kind = pick("종류", KINDS.items())
    q = search_word()

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
