"""Voting with help: the counter's computer checks a person and shows a ticket; the tablet opens the booth with it.

The tablet is signed in as nobody, so the staff who stand at the counter see neither picks nor code, and it closes itself.
"""

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from voting import display, roll, rules, session
from voting.forms import CounterForm, TicketForm
from voting.models import Channel, Level
from voting.views_booth import no_store

CANNOT = "본인확인 투표는 창구에서 온라인과 같은 열쇠를 만들 수 없습니다. 두 번 투표하는 것을 막을 수 없어 창구 투표를 하지 않습니다."


@no_store
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request, slug):
    """Staff: a person seen with an identity card gets a ticket."""
    if not rules.may_prepare(request.user):
        raise PermissionDenied
    round = display.dress(display.round_or_404(request.user, slug))
    form = CounterForm(request.POST or None, round=round)
    context = {"round": round, "form": form, "minutes": session.KIOSK_MINUTES}
    if round.level == Level.IDENTITY and round.channels_meet:
        context["cannot"] = CANNOT
    elif request.method == "POST" and round.is_open and form.is_valid():
        try:
            context["ticket"] = _ticket(round, form)
            context["kiosk_url"] = request.build_absolute_uri(reverse("voting:kiosk", args=[round.slug]))
        except ValidationError as error:
            form.add_error("identity", error)
    return render(request, "voting/counter.html", context)


def _ticket(round, form):
    """A ticket for who stands at the counter. Raises ValidationError: not eligible, not on the roll, or has voted."""
    identity = form.cleaned_data["identity"]
    key = roll.voter_key(round, f"rehearsal:{identity}" if round.is_rehearsal else identity)
    roll.admit(round=round, voter_key=key, **form.facts)
    if roll.has_voted(round, key):
        raise ValidationError("이미 투표한 사람입니다.")
    return session.make_ticket(round, key)


@no_store
@require_http_methods(["GET", "HEAD", "POST"])
def kiosk(request, slug):
    """The tablet: a ticket opens the booth for one person."""
    round = display.dress(display.round_or_404(request.user, slug))
    form = TicketForm(request.POST or None)
    if request.method == "POST" and round.is_open and form.is_valid():
        key = session.use_ticket(round, form.cleaned_data["ticket"])
        if key:
            logout(request)  # whoever was signed in here is not any more
            session.begin(request, round, key, Channel.ASSISTED, kiosk=True)
            return redirect("voting:vote", slug=round.slug)
        form.add_error("ticket", "이 번호로는 열 수 없습니다. 창구에서 새 번호를 받아 주세요.")
    return render(request, "voting/kiosk.html", {"round": round, "form": form})


@no_store
@require_http_methods(["GET", "HEAD", "POST"])
def kiosk_end(request, slug):
    """Ready for the next person. Only the booth's own session ends: a link from elsewhere signs nobody out."""
    round = display.round_or_404(request.user, slug)
    found = session.voter(request, round)
    if found is None or found.kiosk:
        session.end(request)
        if found:
            logout(request)
    return redirect("voting:kiosk", slug=round.slug)
