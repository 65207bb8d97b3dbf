"""What proposals show on the council's pages and ask in its log form."""

from django.db.models import Q
from django.template.loader import render_to_string

from councils.log_ticks import TickPart
from councils.models import MeetingState
from forums import topics
from forums.models import Proposal, ProposalState, Review, ReviewState
from forums.models.proposal import PUBLIC_STATES


def meeting_proposals(meeting):
    """The proposals decided in a meeting, with outcome and amount, and those its agenda items name; "" without any."""
    if meeting.state not in (MeetingState.CALLED, MeetingState.PUBLISHED):
        return ""
    decided = Review.objects.filter(meeting=meeting, state=ReviewState.PUBLISHED, proposal__state__in=PUBLIC_STATES)
    decided = list(
        decided.select_related("proposal", "stage", "share").order_by("stage__order", "proposal__number", "pk")
    )
    shown = {review.proposal_id for review in decided}
    named = Proposal.objects.public().filter(proposal_items__item__meeting=meeting).exclude(pk__in=shown).distinct()
    named = list(named.order_by("call", "number"))
    if not decided and not named:
        return ""
    return render_to_string("forums/desk/meeting_slot.html", {"decided": decided, "named": named})


class ItemProposals(TickPart):
    """The proposals of an agenda item."""

    name = "proposals"
    key = "proposal_id"
    label = "이 안건과 관련된 제안"
    wrong = "고를 수 없는 제안입니다. 목록에서 골라 주세요."

    def choices(self, linked):
        """Open proposals that a meeting may deal with, and those already linked."""
        rows = Proposal.objects.filter(Q(state=ProposalState.OPEN) | Q(pk__in=linked)).select_related("call", "stage")
        return [
            (row.pk, f"{row.call.year}-{row.number}. {row.title} ({row.stage.name})")
            for row in rows.order_by("-call__year", "number")
        ]

    def links(self, item):
        return item.proposal_items


def meeting_words(meeting):
    """[(label, text)] for corrections."""
    titles = Proposal.objects.public().filter(proposal_items__item__meeting=meeting).distinct().order_by("pk")
    return [("관련 제안", ", ".join(titles.values_list("title", flat=True)))]


def follow_button(body):
    """The way to the mails about a body; "" for the demo body."""
    return "" if body.is_demo else topics.button("body", body.pk)
