"""What proposals show on the council's pages and ask in its log form."""

from django import forms
from django.db.models import Q
from django.template.loader import render_to_string

from councils.models import MeetingState
from forums import topics
from forums.models import Proposal, ProposalAgenda, ProposalState, Review, ReviewState
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


def _choices(linked):
    """[(key, label)] of open proposals that a meeting may deal with, and of those already linked."""
    rows = Proposal.objects.filter(Q(state=ProposalState.OPEN) | Q(pk__in=linked)).select_related("call", "stage")
    return [
        (row.pk, f"{row.call.year}-{row.number}. {row.title} ({row.stage.name})")
        for row in rows.order_by("-call__year", "number")
    ]


class ProposalsPart(forms.Form):
    """A list of proposals to tick under an agenda item. `save(item)` makes the links what was ticked."""

    label = "이 안건과 관련된 제안"
    use_required_attribute = False

    def __init__(self, item, data, prefix):
        saved = item is not None and item.pk
        self.linked = set(item.proposal_items.values_list("proposal_id", flat=True)) if saved else set()
        super().__init__(data, prefix=prefix, label_suffix="")
        choices = _choices(self.linked)
        self.fields["proposals"] = forms.TypedMultipleChoiceField(
            label=self.label,
            coerce=int,
            required=False,
            choices=choices,
            initial=sorted(self.linked),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": "고를 수 없는 제안입니다. 목록에서 골라 주세요."},
        )
        self.has_choices = bool(choices)

    @property
    def html(self):
        """The fragment of the form; "" without any open proposal."""
        if not self.has_choices:
            return ""
        chosen = self["proposals"].value() or []
        return render_to_string("forums/desk/log_slot.html", {"part": self, "count": len(chosen)})

    def save(self, item):
        chosen = set(self.cleaned_data["proposals"])
        item.proposal_items.exclude(proposal_id__in=chosen).delete()
        for key in chosen - set(item.proposal_items.values_list("proposal_id", flat=True)):
            ProposalAgenda.objects.create(item=item, proposal_id=key)


def item_proposals(item, data, prefix):
    return ProposalsPart(item, data, f"{prefix}-proposals")


def meeting_words(meeting):
    """[(label, text)] for corrections."""
    titles = Proposal.objects.public().filter(proposal_items__item__meeting=meeting).distinct().order_by("pk")
    return [("관련 제안", ", ".join(titles.values_list("title", flat=True)))]


def follow_button(body):
    """The way to the mails about a body; "" for the demo body."""
    return "" if body.is_demo else topics.button("body", body.pk)
