"""The list of rounds and a round's page: what it is, when, what is on the papers, what is promised and how to check it."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from voting import display, rules, session

PER_PAGE = 20


@require_safe
def rounds(request):
    """Every round: what runs on top, then the rest by its opening."""
    paginator = Paginator(display.rounds(request.user), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    for round in page.object_list:
        display.dress(round)
    context = {
        "page": page,
        "pages": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "running": [round for round in page.object_list if round.is_open] if page.number == 1 else [],
    }
    return render(request, "voting/rounds.html", context)


@require_safe
def round_page(request, slug):
    """One round."""
    round = display.dress(display.round_or_404(request.user, slug))
    context = {
        "round": round,
        "contests": round.contests.all(),
        "holders": round.key_holders.all() if round.sealed and not round.from_totals else [],
        "checked": session.voter(request, round) is not None,
        "ended": "ended" in request.GET,
        "may_prepare": rules.may_prepare(request.user),
    }
    return render(request, "voting/round.html", context)
