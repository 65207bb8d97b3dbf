"""What projects show on the council's pages."""

from django.db.models import Q
from django.template.loader import render_to_string

from councils.models import MeetingState
from projects.models import Project


def body_projects(body):
    """A body's projects, newest plan first; "" without any."""
    projects = (
        Project.objects.published()
        .filter(bodies=body)
        .select_related("plan", "group")
        .prefetch_related("project_bodies__body")
        .order_by("-plan__year", "number")
    )
    return render_to_string("projects/slots/body.html", {"projects": projects}) if projects else ""


def meeting_projects(meeting):
    """The projects a meeting and its items dealt with; "" for drafts and where none is named."""
    if meeting.state not in (MeetingState.CALLED, MeetingState.PUBLISHED):
        return ""
    linked = Q(project_meetings__meeting=meeting) | Q(project_items__item__meeting=meeting)
    projects = (
        Project.objects.published().filter(linked).distinct().select_related("plan").order_by("-plan__year", "number")
    )
    return render_to_string("projects/slots/meeting.html", {"projects": projects}) if projects else ""
