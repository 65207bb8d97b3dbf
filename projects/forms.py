"""What visitors may ask of a plan's projects."""

from django import forms

from councils.forms import BAD_CHOICE
from councils.models import Body
from geumcheon.accounts.models import Department, Dong
from projects.models import Origin

NO_ORIGIN = "없음"


def _choice(label, queryset):
    return forms.ModelChoiceField(
        queryset, label=label, required=False, empty_label="전체", to_field_name="name", error_messages=BAD_CHOICE
    )


class ProjectFilter(forms.Form):
    """GET filters of the project list. A bad value is marked and does not filter; the good ones still do."""

    body = _choice("추진분과", Body.objects.none())
    department = _choice("부서", Department.objects.none())
    dong = _choice("동", Dong.objects.all())
    origin = forms.ChoiceField(
        label="나온 곳",
        required=False,
        choices=[("", "전체"), *Origin.choices, (NO_ORIGIN, "협치 제도(나온 곳 없음)")],
        error_messages=BAD_CHOICE,
    )

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

    @property
    def in_use(self):
        """Whether any valid filter is set."""
        return any(self.cleaned_data.values())
