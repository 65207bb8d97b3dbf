"""The roll of a meeting as a form shows it: who is seated in the chosen bodies on the chosen day, and who was tapped."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from councils import quorum
from councils.models import Body, OfficeHolding
from geumcheon.lib import periods

CHANGED = "날짜나 기구가 바뀌어 명부가 달라졌습니다. 새 명부에서 참석을 확인하고 다시 눌러 주세요."


@dataclass
class Seat:
    """One person of the roll. A person in two bodies of a joint meeting stands once, with both."""

    person: object
    role: str
    bodies: list
    present: bool = False
    asking: bool = False


@dataclass
class BodyTally:
    """Seated and present members of one body and the smallest number of present that opens it (None: no rule)."""

    body: Body
    seated: int
    present: int
    need: int | None

    @property
    def met(self):
        return self.need is not None and self.present >= self.need


@dataclass
class Roll:
    """Seats of the chosen bodies on the chosen day.

    stale: why taps made on another roll cannot be kept as they are; tapped: ids of people tapped who are not on this one.
    """

    seats: list = field(default_factory=list)
    tallies: list = field(default_factory=list)
    stale: str = ""
    tapped: str = ""
    day: object = None  # a date

    @classmethod
    def of(cls, sheet):
        """The roll for a sheet: by what is typed where it can be read, else by the kept meeting."""
        bodies, day = _chosen(sheet)
        seats = _seats(bodies, day)
        shown, carried = _tap(seats, sheet)
        roll = cls(list(seats.values()), _tallies(bodies, day, seats.values()), day=day)
        roll.tapped = ",".join(map(str, sorted(carried)))
        if bodies and day and shown is not None and shown != roll.ids:
            roll.stale = CHANGED
        return roll

    def take_over(self, people):
        """Tap the seats of these people (ids) beside what was tapped; returns how many of them are on this roll."""
        own = [seat for seat in self.seats if seat.person.pk in people]
        for seat in own:
            seat.present = True
        for tally in self.tallies:
            tally.present = _present(tally.body, self.seats)
        return len(own)

    @property
    def ids(self):
        return ",".join(map(str, sorted(seat.person.pk for seat in self.seats)))

    @property
    def present(self):
        """{person id: bool} of everybody on the roll."""
        return {seat.person.pk: seat.present for seat in self.seats}

    @property
    def asking(self):
        return [seat.person.pk for seat in self.seats if seat.asking]

    @property
    def count(self):
        return sum(seat.present for seat in self.seats)


def _chosen(sheet):
    """(bodies, day) as the head holds them; field by field, so that one wrong field does not empty the roll."""
    head, chosen = sheet.head, {}
    for name in ("bodies", "starts_on"):
        try:
            chosen[name] = head.fields[name].clean(head[name].value()) if head[name].value() else None
        except ValidationError:  # told at its field
            chosen[name] = None
    return list(chosen["bodies"] or ()), chosen["starts_on"]


def _seats(bodies, day):
    if not bodies or day is None:
        return {}
    memberships = sorted(quorum.seated_in(bodies, day), key=quorum.roll_order)
    holdings = OfficeHolding.objects.filter(periods.covering(day), membership__in=[m.pk for m in memberships])
    offices = {h.membership_id: h.office.name for h in holdings.select_related("office")}
    seats = {}
    for membership in memberships:
        role = offices.get(membership.pk, "")
        seat = seats.setdefault(membership.person_id, Seat(membership.person, role, []))
        seat.role = seat.role or role
        seat.bodies.append(membership.body)
    return seats


def _numbers(values):
    return {int(v) for v in values if v.isdecimal() and len(v) < 10}


def _tap(seats, sheet):
    """Mark the seats. Returns (the roll the taps were made on, taps of people it does not hold); (None, …) where none was sent."""
    data = sheet.data
    if data is None:
        if sheet.meeting is not None:
            present = set(sheet.meeting.attendances.filter(present=True).values_list("person_id", flat=True))
            _mark(seats, present, set(sheet.meeting.requesters.values_list("person_id", flat=True)))
        return None, set()
    present, asking = _numbers(data.getlist("present")), _numbers(data.getlist("asking"))
    # Taps on people of another day's roll travel along unseen: an unreadable date must not cost them.
    carried = _numbers(data.get("tapped", "").split(","))
    _mark(seats, present | carried, asking)
    if (present | asking) - set(seats):
        return "strangers", (present | carried) - set(seats)
    # A call asks only who wanted the meeting; a log needs the very roll that was shown.
    return (data.get("roll", "") if sheet.with_log else None), carried - set(seats)


def _mark(seats, present, asking):
    for person_id, seat in seats.items():
        seat.present, seat.asking = person_id in present, person_id in asking


def _tallies(bodies, day, seats):
    tallies = []
    for body in bodies if day else ():
        seated = sum(body in seat.bodies for seat in seats)
        share = quorum.share_of(body, quorum.OPEN, day)
        need = next((n for n in range(seated + 1) if share.met(n, seated)), None) if share else None
        tallies.append(BodyTally(body, seated, _present(body, seats), need))
    return tallies


def _present(body, seats):
    return sum(seat.present for seat in seats if body in seat.bodies)
