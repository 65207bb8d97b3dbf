"""The board: how many voted, the checkpoints, and the list of (tag, leaf) by which everybody finds the own ballot.

It shows what the last mix put into the urn and nothing newer: a live board would tie a ballot to a moment. No option is counted here.
"""

from django.core.paginator import Paginator
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from voting import display, paper_count
from voting.counting.codes import make_ballot, tag
from voting.forms import OwnBallotForm, PaperForm
from voting.models import OpenedBallot, RoundState, UrnBallot
from voting.views_booth import no_store

PER_PAGE = 50
# A browser loads the whole list up to here, beyond it the part whose tags begin as its own: the portal learns no tag.
WHOLE_LIST, ONE_SIGN = 5_000, 80_000
BOARD_STATES = (RoundState.OPEN, RoundState.CLOSED, RoundState.TALLIED, RoundState.PUBLISHED, RoundState.VOID)
HEX = frozenset("0123456789abcdef")


def _round(request, slug):
    round = display.dress(display.round_or_404(request.user, slug))
    if round.from_totals or round.state not in BOARD_STATES:
        raise Http404("게시판이 없습니다.")
    return round


def _ballots(round, contest):
    """(tag, leaf) by tag. A closed round that waits for its papers lists nothing: what came last would be the papers alone."""
    if paper_count.is_waiting(round):
        return UrnBallot.objects.none().values_list("tag", "leaf")
    return UrnBallot.objects.filter(contest=contest).order_by("tag").values_list("tag", "leaf")


def prefix_length(count):
    """How many signs of a tag a browser names to get its part of a list of so many rows."""
    return 0 if count <= WHOLE_LIST else 1 if count <= ONE_SIGN else 2


@require_http_methods(["GET", "HEAD", "POST"])
def board(request, slug):
    """The board, and with POST the answer to a code (where the browser cannot reckon itself)."""
    return _own(request, slug) if request.method == "POST" else _page(request, _round(request, slug))


@no_store
def _own(request, slug):
    round = _round(request, slug)
    form = OwnBallotForm(request.POST)
    answers = []
    if form.is_valid():
        answers = [_answer(round, contest, form.cleaned_data["code"], request.POST) for contest in round.contests.all()]
    return _page(request, round, form, answers)


def _page(request, round, form=None, answers=()):
    contests = list(round.contests.all())
    wanted = request.GET.get("paper", "")
    contest = next((c for c in contests if str(c.order) == wanted), contests[0])
    paginator = Paginator(_ballots(round, contest), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    checkpoints = list(round.checkpoints.order_by("-number"))
    for one in contests:
        one.prefix = prefix_length(checkpoints[0].voters if checkpoints else 0)
        one.posted = set(request.POST.getlist(f"pick-{one.order}"))
    context = {
        "round": round,
        "contests": contests,
        "contest": contest,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "checkpoints": checkpoints,
        "newest": checkpoints[0] if checkpoints else None,
        "form": form or OwnBallotForm(),
        "answers": answers,
        "published": round.is_published,
        "waiting": paper_count.is_waiting(round),
    }
    return render(request, "voting/board.html", context)


def _answer(round, contest, code, data):
    """{"contest", "kind", "text"} about one paper: is it there, and as chosen where picks were given."""
    picks = PaperForm(_picks(data, contest), contest=contest)
    mark = tag(code, contest.ref).hex()
    leaf = UrnBallot.objects.filter(contest=contest, tag=mark).values_list("leaf", flat=True).first()
    opened = OpenedBallot.objects.filter(contest=contest, tag=mark).first() if round.is_published else None
    told = f" 공개한 표: {', '.join(f'{n}번' for n in opened.numbers)}." if opened else ""
    if leaf is None:
        text = "이 코드의 표가 게시판에 없습니다. 섞을 때마다 몇 표는 남겨 다음에 올립니다. 투표 중이면 다음 섞기 뒤에, 늦어도 마감 뒤에 다시 확인해 주세요."
        return {"contest": contest, "kind": "warning", "text": text}
    if not picks.data.getlist("pick"):
        text = f"이 코드의 표가 들어 있습니다.{told} 고른 것을 표시하면 그대로인지도 확인합니다."
        return {"contest": contest, "kind": "info", "text": text}
    if not picks.is_valid():
        return {"contest": contest, "kind": "warning", "text": picks.error}
    same = make_ballot(code, round.slug, contest.ref, picks.cleaned_data["pick"]).leaf.hex() == leaf
    text = "고른 그대로 들어 있습니다." if same else "표는 있지만 표시한 것과 다릅니다. 고른 것을 다시 살펴봐 주세요."
    return {"contest": contest, "kind": "success" if same else "danger", "text": text + told}


def _picks(data, contest):
    """The posted picks of one paper under the name the paper's form knows."""
    found = data.copy()
    found.setlist("pick", data.getlist(f"pick-{contest.order}"))
    return found


@require_safe
def rows(request, slug, order):
    """{"ballots": [[tag, leaf(, picks)], …]} of a paper by tag; `?prefix=` up to two hex signs narrows it."""
    round = _round(request, slug)
    contest = next((c for c in round.contests.all() if c.order == order), None)
    prefix = request.GET.get("prefix", "")
    if contest is None or len(prefix) > 2 or not set(prefix) <= HEX:
        raise Http404("목록이 없습니다.")
    found = _ballots(round, contest)
    if round.is_published:
        found = OpenedBallot.objects.filter(contest=contest).order_by("tag").values_list("tag", "leaf", "picks")
    if prefix:
        found = found.filter(tag__gte=prefix, tag__lt=prefix + "g")
    response = JsonResponse({"round": round.slug, "contest": contest.ref, "ballots": [list(row) for row in found]})
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def checkpoints(request, slug):
    """Every checkpoint as it was signed: {"body": text, "hash", "signature"}."""
    round = _round(request, slug)
    told = list(round.checkpoints.order_by("number").values("number", "body", "hash", "signature", "is_final"))
    return JsonResponse({"round": round.slug, "signing_key": round.signing_public_key, "checkpoints": told})
