"""What visitors may ask of a plan's projects."""

from django import forms

from councils.models import Body
from geumcheon.accounts.models import Department, Dong
from geumcheon.lib.filters import BAD_CHOICE, FilterForm, pick, pick_row
from projects.models import Origin

NO_ORIGIN = "없음"
# Value -> label, more than (won), up to and with (won; None: no end). Each amount is in exactly one range.
AMOUNTS = {
    "upto-10m": ("1천만원 이하", 0, 10_000_000),
    "10m-50m": ("1천만원 초과 5천만원 이하", 10_000_000, 50_000_000),
    "50m-100m": ("5천만원 초과 1억원 이하", 50_000_000, 100_000_000),
    "over-100m": ("1억원 초과", 100_000_000, None),
}
# Value -> label. Without a value: by number, in groups.
SORTS = {"": "번호순", "amount-down": "금액 큰 순", "amount-up": "금액 작은 순", "name": "이름순"}


class ProjectFilter(FilterForm):
    """GET filters and the order of the project list."""

    body = pick_row("추진분과", Body.objects.none())
    department = pick_row("부서", Department.objects.none())
    dong = pick_row("동", Dong.objects.all())
    origin = pick("나온 곳", [*Origin.choices, (NO_ORIGIN, "협치 제도(나온 곳 없음)")])
    amount = pick("금액", [(value, label) for value, (label, _, _) in AMOUNTS.items()])
    sort = forms.ChoiceField(
        label="차례", required=False, choices=list(SORTS.items()), widget=forms.HiddenInput, error_messages=BAD_CHOICE
    )

    def __init__(self, data, plan, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["body"].queryset = Body.objects.filter(projects__plan=plan).distinct()
        self.fields["department"].queryset = Department.objects.filter(partnerships__project__plan=plan).distinct()

    @property
    def conditions(self):
        """How many valid conditions narrow the list; the order is none."""
        return sum(1 for name, value in self.cleaned_data.items() if value and name != "sort")

    @property
    def in_use(self):
        return self.conditions > 0

    @property
    def sort_by(self):
        """The valid order asked for, "" for by number."""
        return self.cleaned_data.get("sort", "")

    @property
    def sorts(self):
        """[(value or None for by number, label, whether it is the present order)]."""
        return [(value or None, label, value == self.sort_by) for value, label in SORTS.items()]

    def apply(self, projects):
        """The projects (a queryset) that the valid filters leave, without the amount, which is known beside the rows."""
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("body"):
            projects = projects.filter(bodies=wanted["body"])
        if wanted.get("department"):
            projects = projects.filter(partners__department=wanted["department"])
        if wanted.get("dong"):
            projects = projects.filter(dongs=wanted["dong"])
        if wanted.get("origin"):
            projects = projects.filter(origin="" if wanted["origin"] == NO_ORIGIN else wanted["origin"])
        return projects.distinct()

    def arrange(self, projects):
        """Projects with their `won` (None: not known), ordered by number, narrowed by amount and put in the order asked for.

        Ties stay in the order of their numbers; a project without an amount is in no range and comes last by amount.
        """
        if chosen := AMOUNTS.get(self.cleaned_data.get("amount")):
            _, over, upto = chosen
            # Nothing is also up to 10 million won: the first range begins with 0.
            projects = [
                p
                for p in projects
                if p.won is not None and (p.won > over or not over) and (upto is None or p.won <= upto)
            ]
        if self.sort_by == "name":
            return sorted(projects, key=lambda p: p.name.casefold())
        if self.sort_by:
            sign = -1 if self.sort_by == "amount-down" else 1
            return sorted(projects, key=lambda p: (p.won is None, sign * (p.won or 0)))
        return projects
