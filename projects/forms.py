"""What visitors may ask of a plan's projects."""

from councils.models import Body
from geumcheon.accounts.models import Department, Dong
from geumcheon.lib.filters import FilterForm, pick, pick_row
from projects.models import Origin

NO_ORIGIN = "없음"


class ProjectFilter(FilterForm):
    """GET filters of the project list."""

    body = pick_row("추진분과", Body.objects.none())
    department = pick_row("부서", Department.objects.none())
    dong = pick_row("동", Dong.objects.all())
    origin = pick("나온 곳", [*Origin.choices, (NO_ORIGIN, "협치 제도(나온 곳 없음)")])

    def __init__(self, data, plan, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["body"].queryset = Body.objects.filter(projects__plan=plan).distinct()
        self.fields["department"].queryset = Department.objects.filter(partnerships__project__plan=plan).distinct()

    def apply(self, projects):
        """The projects that the valid filters leave."""
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
