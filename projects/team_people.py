"""Whose names inspection teams still need (DESIGN.md rule 9): the council's nightly forgetting asks."""

from django.db.models import Q

from projects.models import TeamMember


def places(before):
    """Pks of people with a place in a team: "needed" while one holds or ended after `before`, else "over"."""
    needed = set(
        TeamMember.objects.filter(Q(ends_before__isnull=True) | Q(ends_before__gt=before)).values_list(
            "person", flat=True
        )
    )
    return {"needed": needed, "over": set(TeamMember.objects.values_list("person", flat=True)) - needed}
