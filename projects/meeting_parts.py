"""The projects that a meeting and its agenda items concern: parts of the log form, a line of its words, a part of its page.

The links are kept here, on the right of the council (DESIGN.md, the second door).
"""

from django import forms
from django.template.loader import render_to_string

from projects.models import Project, ProjectAgenda, ProjectMeeting


def _choices(linked):
    """[(key, label)] of the newest plan's projects and of those already linked."""
    published = Project.objects.published().select_related("plan").order_by("-plan__year", "number")
    rows = list(published) + list(Project.objects.filter(pk__in=linked).select_related("plan"))
    newest = rows[0].plan_id if rows else None
    kept = {row.pk: row for row in rows if row.plan_id == newest or row.pk in linked}
    return [(row.pk, f"{row.number}. {row.name}") for row in kept.values()]


class ProjectsPart(forms.Form):
    """A list of projects to tick. `save(subject)` makes the links of the subject what was ticked."""

    label = "이 안건과 관련된 사업"
    use_required_attribute = False

    def __init__(self, subject, data, prefix):
        self.linked = self.links_of(subject) if subject is not None and subject.pk else set()
        super().__init__(data, prefix=prefix, label_suffix="")
        choices = _choices(self.linked)
        self.fields["projects"] = forms.TypedMultipleChoiceField(
            label=self.label,
            coerce=int,
            required=False,
            choices=choices,
            initial=sorted(self.linked),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": "고를 수 없는 사업입니다. 목록에서 골라 주세요."},
        )
        self.has_choices = bool(choices)

    def links_of(self, subject):
        return set(subject.project_items.values_list("project_id", flat=True))

    @property
    def html(self):
        """The fragment of the form; "" without any project."""
        if not self.has_choices:
            return ""
        chosen = self["projects"].value() or []
        return render_to_string("projects/slots/log_projects.html", {"part": self, "count": len(chosen)})

    def save(self, item):
        chosen = set(self.cleaned_data["projects"])
        item.project_items.exclude(project_id__in=chosen).delete()
        for project_id in chosen - set(item.project_items.values_list("project_id", flat=True)):
            ProjectAgenda.objects.create(item=item, project_id=project_id)


class MeetingProjects(ProjectsPart):
    """The projects of the whole meeting. Those of its agenda items are linked with the meeting by themselves."""

    label = "안건 말고도 이 회의가 다룬 사업"

    def links_of(self, meeting):
        return set(meeting.project_meetings.values_list("project_id", flat=True)) - _of_items(meeting)

    def save(self, meeting):
        wanted = set(self.cleaned_data["projects"]) | _of_items(meeting)
        meeting.project_meetings.exclude(project_id__in=wanted).delete()
        for project_id in wanted - set(meeting.project_meetings.values_list("project_id", flat=True)):
            ProjectMeeting.objects.create(meeting=meeting, project_id=project_id)


def _of_items(meeting):
    return set(ProjectAgenda.objects.filter(item__meeting=meeting).values_list("project_id", flat=True))


def item_projects(item, data, prefix):
    return ProjectsPart(item, data, f"{prefix}-projects")


def meeting_projects(meeting, data, prefix):
    return MeetingProjects(meeting, data, f"{prefix}-projects")


def _projects_of(meeting):
    return Project.objects.filter(project_meetings__meeting=meeting).select_related("plan").order_by("number")


def project_words(meeting):
    """[(label, text)] for corrections."""
    return [("관련 사업", ", ".join(f"{p.number}. {p.name}" for p in _projects_of(meeting)))]
