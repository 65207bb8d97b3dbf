"""Pages of the top room."""

from django.shortcuts import render

from forums import proposals_list, story_pages
from geumcheon import overview
from geumcheon.lib import clock


def home(request):
    """What the council is, where the year stands, what is open now and the news; then the plan in one picture and the meetings."""
    today = clock.today()
    plan = overview.newest_plan()
    running = overview.open_notices(today)
    shown = running[: overview.OPEN_NOTICES]
    votes = overview.running_votes()
    context = {
        "plan": plan,
        "line": overview.cycle_line(plan, today) if plan else None,
        "running": shown,
        "more_running": len(running) - len(shown),
        "ways": overview.ways(running, votes, proposals_list.open_calls(today)),
        "votes": votes,
        "notices": overview.newest_notices(today, shown),
        "figures": overview.plan_figures(plan) if plan else None,
        "stories": story_pages.newest(),
        "meeting_numbers": overview.meeting_numbers(),
        "meetings": overview.newest_meetings(),
        "subcommittees": overview.subcommittees(),
    }
    return render(request, "home.html", context)


def csrf_failure(request, reason=""):
    """A form sent without its token, mostly from a page left open too long."""
    return render(request, "403.html", {"csrf": True}, status=403)
