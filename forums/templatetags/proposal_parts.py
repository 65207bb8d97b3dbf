"""What the parts of a proposal's page ask of the rows, so that a part stands in any page that has the proposal."""

from django import template
from django.db.models import Q

from forums import kinship_actions
from forums.models import PUBLIC_STATES, FieldCheck, Kinship, KinshipKind, Proposal

register = template.Library()


@register.simple_tag
def kin_of(proposal):
    """{"into": links to what it became, "parts": links from what it came from, "undone": links that were taken back, "together": people}.

    `together` is None where nothing was merged into the proposal, or a document knows no endorsements.
    """
    rows = Kinship.objects.filter(Q(source_proposal=proposal) | Q(target=proposal))
    # What is hidden is named nowhere.
    unseen = Proposal.objects.exclude(state__in=PUBLIC_STATES).exclude(pk=proposal.pk)
    rows = rows.exclude(source_proposal__in=unseen).exclude(target__in=unseen)
    rows = list(rows.select_related("source_proposal", "target").order_by("pk"))
    standing = [row for row in rows if row.undone_on is None]
    came_from = [row for row in standing if row.target_id == proposal.pk]
    merged = [row for row in came_from if row.kind == KinshipKind.MERGE]
    return {
        "any": bool(rows),
        "into": [row for row in standing if row.source_proposal_id == proposal.pk],
        "came_from": came_from,
        "undone": [row for row in rows if row.undone_on is not None],
        "together": kinship_actions.together(proposal) if merged and not proposal.call.historical else None,
    }


@register.simple_tag
def field_checks_of(proposal):
    """The visits to the place of a proposal with their photos; two queries."""
    found = FieldCheck.objects.filter(proposal=proposal).select_related("meeting__kind").prefetch_related("photos")
    return list(found.order_by("on", "pk"))
