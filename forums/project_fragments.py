"""What proposals and events show on the projects' pages."""

from django.template.loader import render_to_string

from forums import event_pages, topics
from forums.models import EventState, Proposal
from geumcheon.lib import clock


def project_section(project):
    """The proposals a project came from, for its page; None without any."""
    rows = Proposal.objects.public().filter(project=project).select_related("call__channel")
    rows = list(rows.prefetch_related("came_from__source_proposal").order_by("pk"))
    if not rows:
        return None
    html = render_to_string("forums/_project_proposals.html", {"proposals": rows})
    return {"id": "proposals", "title": "이 사업이 된 제안", "html": html, "facts": []}


def events_section(project):
    """The events of a project, for its page: what comes, what is planned, what was held. None without any; two queries."""
    rows = list(event_pages.dressed(event_pages.listed().filter(project=project)).order_by("pk"))
    if not rows:
        return None
    now, coming = clock.now(), [EventState.ANNOUNCED, EventState.CANCELLED, EventState.CLOSED, EventState.PLANNED]
    rows = sorted((event_pages.dress(row, now) for row in rows), key=lambda row: coming.index(row.state))
    return {
        "id": "events",
        "title": f"공론장·행사 {len(rows)}건",
        "html": render_to_string("forums/_project_events.html", {"events": rows}),
        "facts": [],
    }


def follow_button(project):
    """The way to the mails about a project."""
    return topics.button("project", project.pk)
