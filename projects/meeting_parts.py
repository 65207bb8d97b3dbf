"""The projects that a meeting and its agenda items concern: parts of the log form, a line of its words, a part of its page.

The links are kept here, on the right of the council (DESIGN.md, the second door).
"""

from councils.log_ticks import TickPart
from projects.models import Project, ProjectAgenda


class ItemProjects(TickPart):
    """The projects of an agenda item."""

    name = "projects"
    key = "project_id"
    label = "이 안건과 관련된 사업"
    wrong = "고를 수 없는 사업입니다. 목록에서 골라 주세요."

    def choices(self, linked):
        """The newest plan's projects and those already linked."""
        published = Project.objects.published().select_related("plan").order_by("-plan__year", "number")
        rows = list(published) + list(Project.objects.filter(pk__in=linked).select_related("plan"))
        newest = rows[0].plan_id if rows else None
        kept = {row.pk: row for row in rows if row.plan_id == newest or row.pk in linked}
        return [(row.pk, f"{row.number}. {row.name}") for row in kept.values()]

    def links(self, item):
        return item.project_items


class MeetingProjects(ItemProjects):
    """The projects of the whole meeting. Those of its agenda items are linked with the meeting by themselves."""

    label = "안건 말고도 이 회의가 다룬 사업"

    def links(self, meeting):
        return meeting.project_meetings

    def shown(self, meeting):
        return super().shown(meeting) - self.kept(meeting)

    def kept(self, meeting):
        return set(ProjectAgenda.objects.filter(item__meeting=meeting).values_list("project_id", flat=True))


def _projects_of(meeting):
    return Project.objects.filter(project_meetings__meeting=meeting).select_related("plan").order_by("number")


def project_words(meeting):
    """[(label, text)] for corrections."""
    return [("관련 사업", ", ".join(f"{p.number}. {p.name}" for p in _projects_of(meeting)))]
