"""The booth: check → papers → review with the code → cast → done, at one address, each page the answer to the form before.

Nothing of a vote is written before it is cast, and casting writes nothing beside it: no session, no message, no log line. Every answer
is `no-store`; none redirects with the code.
"""

import functools
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geumcheon.accounts.verification import identity
from geumcheon.lib import clock
from voting import cast as box
from voting import check_pages, display, pages, roll, session
from voting.forms import PaperForm
from voting.paper import took_paper

KIOSK_LAST_SECONDS = 90
CHECKING = ("number", "confirm", "again", "rehearsal", "account", "identity", "paper")


def no_store(view):
    """Answers of the view are kept nowhere."""

    @functools.wraps(view)
    def kept_nowhere(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return kept_nowhere


@dataclass
class Booth:
    """One request in the booth."""

    request: object
    round: object
    carry: pages.Carry
    refused: str = ""  # why the own account does not open the booth
    asks_account: bool = False  # the account would, but for its holder's birth year

    @cached_property
    def contests(self):
        return list(self.round.contests.all())

    @cached_property
    def voter(self):
        return session.voter(self.request, self.round)

    @property
    def papers(self):
        return pages.papers(self.contests, self.carry, self.voter.key)

    def page(self, name, current, heading, *, status=200, **context):
        """A page of the booth. `current` is a step, or None for a page outside the line."""
        context |= {
            "round": self.round,
            "carry": self.carry,
            "heading": heading,
            "steps": pages.steps(self.contests, current) if current else None,
            "kiosk": bool(self.voter and self.voter.kiosk),
            "closes_text": display.moment(self.round.closes_at),
        }
        response = render(self.request, f"voting/booth/{name}.html", context, status=status)
        if context["kiosk"]:
            # The tablet closes itself: after the last page soon, before it with the check.
            left = (
                KIOSK_LAST_SECONDS if context.get("sent") else max(1, int(self.voter.until - clock.now().timestamp()))
            )
            response["Refresh"] = f"{left}; url={reverse('voting:kiosk_end', args=[self.round.slug])}"
        return response

    def paper(self, order, error=""):
        """The page of a paper; with `error`, what is wrong with it is said there."""
        paper = next((p for p in self.papers if p.order == order), self.papers[0])
        return self.page("paper", paper.order, paper.title, paper=paper, error=error)

    def review(self, notice="", status=200):
        """The review with the code, or the first paper that is not as it asks."""
        for paper in self.papers:
            if error := paper.wrong():
                return self.paper(paper.order, error)
        self.carry.give_code()
        return self.page("review", "review", "살펴보고 제출하기", papers=self.papers, code_groups=self.carry.groups, notice=notice, status=status)  # fmt: skip

    def resume(self):
        """Where a checked voter goes on: the review when all papers are filled, else the first that is not."""
        if self.carry.code or all(not paper.wrong() for paper in self.papers):
            return self.review()
        return self.paper(next(paper.order for paper in self.papers if paper.wrong()))

    def already(self):
        """One who has voted, with another code or none."""
        status = 409 if self.request.POST.get("do") == "cast" else 200
        on_paper = took_paper(self.round, self.voter.key)
        return self.page("already", None, "이미 투표했습니다", sent=True, on_paper=on_paper, status=status)

    def take_picks(self):
        """Fold the posted paper into what is carried, right or wrong. Returns (the paper's order or None, what is wrong)."""
        data = self.request.POST
        contest = next((c for c in self.contests if str(c.order) == data.get("step")), None)
        if contest is None:
            return None, ""
        form = PaperForm(data, contest=contest)
        self.carry.picks[contest.order] = form.kept()
        return contest.order, form.error


@no_store
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request, slug):
    """The whole way of one vote."""
    round = display.round_or_404(request.user, slug, display.with_ballots)
    booth = Booth(request, round, pages.Carry.read(round, request.POST))
    do = request.POST.get("do", "")
    if not round.is_open:
        # The answer to a vote cast in time may have been lost: its code is asked after whatever the hour.
        if do == "cast" and booth.voter and booth.carry.code:
            return _cast(booth)
        return redirect(round) if request.method != "POST" else _closed(booth)
    if do in CHECKING:
        return check_pages.answer(booth, do)
    order, error = booth.take_picks()
    if booth.voter is None and not check_pages.by_account(booth):
        return check_pages.start(booth, expired=request.method == "POST")
    if request.method != "POST":
        return booth.already() if roll.has_voted(round, booth.voter.key) else booth.resume()
    return _step(booth, do, order, error)


def _step(booth, do, order, error):
    """The answer to a button of a checked voter."""
    orders = [contest.order for contest in booth.contests]
    if do == "cast":
        return _cast(booth)
    if do.startswith("paper-"):
        wanted = do.removeprefix("paper-")
        return booth.paper(next((o for o in orders if str(o) == wanted), orders[0]))
    if do == "back":
        at = orders.index(order) - 1 if order is not None else len(orders) - 1
        return booth.paper(orders[max(0, at)])
    if order is None:
        return booth.resume()
    if error:
        return booth.paper(order, error)
    at = orders.index(order) + 1
    return booth.paper(orders[at]) if at < len(orders) else booth.review()


def _cast(booth):
    """Put the ballots into the box. Every way out says plainly whether the vote is in."""
    if not booth.carry.code or any(paper.wrong() for paper in booth.papers):
        return booth.review()
    voter, carry = booth.voter, booth.carry
    try:
        done = box.cast(
            round=booth.round, voter_key=voter.key, channel=voter.channel, code=carry.code, picks=carry.picks
        )
    except box.NotOpen:
        return _closed(booth)
    except box.AlreadyVoted:
        return booth.already()
    except box.NotOnRoll:
        session.end(booth.request)
        return check_pages.start(booth, expired=True)
    except box.BadPicks as error:
        return booth.paper(*next(iter(error.contests.items())))
    except (box.BadCode, box.CodeTaken):
        carry.code = ""
        return booth.review("코드를 새로 만들었습니다. 새 코드를 적고 다시 제출해 주세요.", status=409)
    except (box.TryAgain, DatabaseError):
        return booth.review(
            "지금은 제출하지 못했습니다. 잠시 뒤 이 화면에서 다시 눌러 주세요. 두 번 세지 않습니다.", status=503
        )
    return booth.page(
        "done", "done", "제출되었습니다", sent=True, again=done.repeated, code_groups=carry.groups, period=display.period(booth.round)
    )  # fmt: skip


def _closed(booth):
    """What was sent while the round is not open: nothing of it is in the box."""
    later = booth.round.state in ("draft", "frozen") or (booth.round.opens_at and clock.now() < booth.round.opens_at)
    return booth.page("closed", None, "제출되지 않았습니다", sent=True, later=later, opens_text=display.moment(booth.round.opens_at), status=409)  # fmt: skip


@no_store
@require_safe
def identity_callback(request):
    """Back from the identity provider, for every round: its answer is checked, its `ci` made a key of the round and forgotten."""
    if not identity.available():
        raise Http404
    kept = session.take_away(request)
    if kept is None:
        return redirect("voting:rounds")
    round = display.round_or_404(request.user, kept["round"])
    if not round.is_open:
        return redirect(round)
    booth = Booth(request, round, pages.Carry(round))
    try:
        check_pages.come_back(booth, kept)
    except identity.IdentityFailed:
        return check_pages.start(booth, notice=check_pages.FAILED)
    except ValidationError as error:
        return check_pages.start(booth, notice=" ".join(error.messages))
    return redirect("voting:vote", slug=round.slug)


@no_store
@require_POST
def vote_end(request, slug):
    """Forget the check on this device."""
    round = display.round_or_404(request.user, slug)
    session.end(request)
    return redirect(f"{reverse('voting:round', args=[round.slug])}?ended=1")
