"""What a new call or log starts from, and which meetings it might be a second copy of."""

from dataclasses import dataclass, field

from councils.models import Body, Meeting, MeetingState, Membership


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


@dataclass
class Taken:
    """The attendance of the last meetings as far as a roll takes it over: who was there, and how many of them sit there now."""

    meetings: list = field(default_factory=list)
    were: set = field(default_factory=set)  # ids of people
    here: int = 0

    @property
    def gone(self):
        """How many of those present then are not on the roll."""
        return len(self.were) - self.here


def take_over(roll, user, meeting=None):
    """Tap on a roll who was present the last time; a Taken, empty where no attendance is known.

    The last time is, for each body of the roll, its last meeting up to the day that has somebody present. Meetings whose drafts
    the user may not read are left out: a joint meeting must not tell one body who came to the other's. `meeting`: the one logged.
    """
    taken = Taken()
    for tally in roll.tallies:
        held = tally.body.meetings.exclude(state=MeetingState.CANCELLED).filter(starts_on__lte=roll.day)
        held = held.filter(attendances__present=True).exclude(pk=meeting and meeting.pk).select_related("kind")
        last = held.order_by("-starts_on", "-pk").first()
        if last is None or not user.has_perm("councils.read_draft", last):
            continue
        if last not in taken.meetings:
            taken.meetings.append(last)
        members = Membership.objects.filter(body=tally.body).seated(last.starts_on)
        present = last.attendances.filter(present=True, person__in=members.values("person"))
        taken.were |= set(present.values_list("person_id", flat=True))
    taken.here = roll.take_over(taken.were)
    return taken


def twins(head):
    """Meetings of the same kind, day and one of the same bodies that were not cancelled. `head`: the head's cleaned data."""
    found = Meeting.objects.exclude(state=MeetingState.CANCELLED)
    return found.filter(starts_on=head["starts_on"], kind=head["kind"], bodies__in=head["bodies"]).distinct()
