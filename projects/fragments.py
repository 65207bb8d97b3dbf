"""What projects show on the council's pages."""

from django.template.loader import render_to_string

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
