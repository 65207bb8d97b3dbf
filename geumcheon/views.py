"""Pages of the top room."""

from django.shortcuts import render

from geumcheon import overview


def home(request):
    """What the council is, its newest plan in numbers, the subcommittees and the newest meetings."""
    plan = overview.newest_plan()
    context = {
        "plan": plan,
        "numbers": overview.plan_numbers(plan) if plan else None,
        "meeting_numbers": overview.meeting_numbers(),
        "meetings": overview.newest_meetings(),
        "subcommittees": overview.subcommittees(),
    }
    return render(request, "home.html", context)


def csrf_failure(request, reason=""):
    """A form sent without its token, mostly from a page left open too long."""
    return render(request, "403.html", {"csrf": True}, status=403)
