"""Proposals that are not seen: hidden by a moderator with a public reason, or held back until one has looked at the addresses in them."""

from django.core.exceptions import ValidationError

from forums import standing
from forums.comment_actions import MANY_LINKS, is_new, links_in
from forums.models import WAITS, Proposal, ProposalState
from geumcheon.lib import clock

FIELDS = ("hidden_reason", "hidden_from", "hidden_on", "endorse_before")


def held():
    """Proposals that wait for a moderator's look."""
    return Proposal.objects.filter(state=ProposalState.HIDDEN, hidden_reason=WAITS)


def hide(row, reason):
    """Hide a locked proposal in memory, or give a hidden one another reason. Raises ValidationError where its state forbids it."""
    before = row.state
    if standing.set_state(row, ProposalState.HIDDEN):
        row.hidden_from, row.hidden_on = before, clock.today()
    row.hidden_reason = reason


def show(row):
    """Show a locked, hidden proposal again, in memory, as what it was. Its days stood still meanwhile."""
    standing.set_state(row, row.hidden_from or ProposalState.OPEN)
    away = clock.today() - row.hidden_on if row.hidden_on else None
    if away and row.endorse_before:
        row.endorse_before += away
    if away and row.entered_on:
        row.entered_on += away
    row.hidden_reason, row.hidden_from, row.hidden_on = "", "", None


def look_at_links(row):
    """Hold a locked, open proposal back where a new account wrote an address into it. Raises ValidationError for a flood of them."""
    texts = [row.title, row.body, row.place, *row.answers.values_list("text", flat=True)]
    texts += row.photos.values_list("alt", flat=True)
    links = sum(links_in(text) for text in texts)
    if links > MANY_LINKS:
        raise ValidationError(
            f"주소(링크)는 {MANY_LINKS}개까지 적을 수 있습니다. 지금은 {links}개입니다.", code="links"
        )
    if links and is_new(row.author):
        hide(row, WAITS)
