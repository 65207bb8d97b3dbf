"""What a new call or log starts from, and which meetings it might be a second copy of."""

from councils.models import Body, Meeting, MeetingState


def last_values(allowed, wanted=None):
    """Kind, hour and place of the last meeting of the body: the one asked for, or the only own one. `allowed` None: any body.

    wanted: a body's key from the address, as text.
    """
    bodies = Body.objects.all() if allowed is None else Body.objects.filter(pk__in=allowed)
    keys = list(bodies.values_list("pk", flat=True))
    chosen = [key for key in keys if str(key) == wanted] or (keys if len(keys) == 1 else [])
    if not chosen:
        return {}
    held = Meeting.objects.exclude(state=MeetingState.CANCELLED).filter(bodies__in=chosen)
    last = held.order_by("-starts_on", "-pk").first()
    values = {"bodies": chosen}
    if last is not None:
        values |= {"kind": last.kind_id, "place": last.place, "starts_at": last.starts_at}
    return values


def twins(head):
    """Meetings of the same kind, day and one of the same bodies that were not cancelled. `head`: the head's cleaned data."""
    found = Meeting.objects.exclude(state=MeetingState.CANCELLED)
    return found.filter(starts_on=head["starts_on"], kind=head["kind"], bodies__in=head["bodies"]).distinct()
