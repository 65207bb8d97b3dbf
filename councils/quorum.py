"""Seated and present on a day, and the rules they are held against.

DESIGN.md rule 3, from the plan 붙임Ⅰ-2 (L3965-3967): a meeting opens with more than half of the seated members, a
decision needs more than half of those present, an extraordinary meeting the chair or a third of the seated. The shares
are rows (BodyRule) with their days of validity; a body without a rule of its own follows the body above it.
"""

from dataclasses import dataclass
from fractions import Fraction

from councils.models import Attendance, Body, BodyRule, Membership, Outcome, Requested
from geumcheon.lib import periods
from geumcheon.lib.text import natural

OPEN, DECIDE, EXTRAORDINARY = "quorum_open", "quorum_decide", "extraordinary"
AT_LEAST = {OPEN: False, DECIDE: False, EXTRAORDINARY: True}  # 과반수 is more than half, 3분의 1 이상 at least a third


@dataclass(frozen=True)
class Share:
    """A share of people a rule asks for: more than `fraction` of the whole, or at least it. `text` is the rule as printed."""

    fraction: Fraction
    at_least: bool
    text: str

    def met(self, part, whole):
        """Whether `part` people of `whole` suffice; never of nobody."""
        if whole <= 0:
            return False
        return part >= self.fraction * whole if self.at_least else part > self.fraction * whole

    def __str__(self):
        return f"{self.fraction.numerator}/{self.fraction.denominator} {'이상' if self.at_least else '초과'}"


def share_of(body, key, day):
    """The Share a body's rule `key` asks for on `day`, of the body or the nearest one above it; None where none is in force."""
    seen = set()
    while body is not None and body.pk not in seen:
        seen.add(body.pk)
        rows = BodyRule.objects.filter(periods.covering(day), body=body, key=key).exclude(number="")
        # The newest rule wins where an old one was never ended.
        row = max(rows, key=lambda r: (r.starts_on is not None, r.starts_on, r.order), default=None)
        if row is not None:
            at_least = {">": False, ">=": True}.get(row.comparator, AT_LEAST[key])
            return Share(Fraction(row.number), at_least, row.text)
        body = body.parent
    return None


@dataclass(frozen=True)
class BodyCount:
    """People of one body at a meeting: seated and present members, and the shares it opens and decides with; None: no rule."""

    body: Body
    seated: int
    present: int
    share: Share | None
    decides: Share | None = None

    @property
    def met(self):
        return self.share is not None and self.share.met(self.present, self.seated)

    @property
    def reason(self):
        """Why the body may not open, in Korean; "" when it may."""
        if self.met:
            return ""
        if self.share is None:
            return f"{self.body}: 정족수 규칙이 등록되어 있지 않습니다."
        if not self.seated:
            return f"{self.body}: 그날 재적 위원이 등록되어 있지 않습니다."
        return (
            f"{self.body}: 재적 {self.seated}명 가운데 {self.present}명이 나와 개의 정족수({self.share})에 못 미칩니다."
        )


@dataclass(frozen=True)
class Count:
    """A meeting's people: each body's own numbers, and every person once."""

    bodies: tuple[BodyCount, ...]
    seated: int
    present: int

    @property
    def opens(self):
        return bool(self.bodies) and all(count.met for count in self.bodies)


def seated_on(meeting):
    """Memberships of the meeting's bodies that hold on its (first) day, with person and seat."""
    return seated_in(meeting.bodies.all(), meeting.starts_on)


def seated_in(bodies, day):
    """Memberships of some bodies that hold on a day, with person and seat."""
    rows = Membership.objects.filter(body__in=bodies).seated(day)
    return rows.select_related("person", "seat", "body").order_by("body__order", "seat__order", "person__name", "pk")


def roll_order(membership):
    """Key of a list to read or sign by: the bodies' and seats' order, then the names with `위원 2` before `위원 10`."""
    body, seat, person = membership.body, membership.seat, membership.person
    return body.order, body.pk, seat.order, natural(person.name), membership.pk


def count(meeting):
    """The Count of a meeting from memberships and attendance as they stand. A joint meeting counts a person once in each body."""
    present = set(Attendance.objects.filter(meeting=meeting, present=True).values_list("person_id", flat=True))
    by_body = {}
    for membership in seated_on(meeting):
        by_body.setdefault(membership.body_id, set()).add(membership.person_id)
    bodies = []
    for body in meeting.bodies.select_related("parent"):
        people = by_body.get(body.pk, set())
        share, decides = (share_of(body, key, meeting.starts_on) for key in (OPEN, DECIDE))
        bodies.append(BodyCount(body, len(people), len(people & present), share, decides))
    everybody = set().union(*by_body.values()) if by_body else set()
    return Count(tuple(bodies), len(everybody), len(everybody & present))


@dataclass(frozen=True)
class Verdict:
    """What a decision's numbers say: `carried` by the rules in force, `rule` in words, `problems` against what was written."""

    carried: bool
    rule: str
    problems: tuple[str, ...]


def judge(decision, counted):
    """Hold a decision against the quorum and the majority; a Verdict. `counted` is the meeting's Count."""
    shares = [(c.body, c.decides) for c in counted.bodies]
    problems = [c.reason for c in counted.bodies if c.reason] or ([] if counted.bodies else ["연 기구가 없습니다."])
    problems += [f"{body}: 의결 규칙이 등록되어 있지 않습니다." for body, share in shares if share is None]
    votes = [decision.votes_for, decision.votes_against, decision.abstaining]
    cast = sum(v or 0 for v in votes)
    if decision.unanimous:
        majority = counted.present > 0
    else:
        majority = decision.votes_for is not None and all(
            share is not None and share.met(decision.votes_for, counted.present) for _, share in shares
        )
    wrong = []
    if cast > counted.present:
        wrong.append(f"표({cast})가 출석 위원({counted.present}명)보다 많습니다.")
    if decision.outcome == Outcome.PASSED:
        if not decision.unanimous and decision.votes_for is None:
            wrong.append("가결이면 찬성 수를 적거나 만장일치를 골라 주세요.")
        elif not majority:
            wrong.append(
                f"찬성 {decision.votes_for}표는 출석 {counted.present}명의 과반수에 못 미쳐 가결로 게시할 수 없습니다."
            )
        wrong += problems
    elif decision.outcome == Outcome.REJECTED and majority and not problems:
        wrong.append("출석 위원의 과반수가 찬성해 부결로 게시할 수 없습니다.")
    rule = "; ".join(dict.fromkeys(str(share) for _, share in shares if share))
    return Verdict(bool(majority and not problems), f"출석 위원의 {rule}" if rule else "", tuple(wrong))


def request_suffices(meeting):
    """(whether, sentence) for an extraordinary meeting: the chair called it, or enough of the seated asked; (True, "") for others."""
    if not meeting.kind.extraordinary:
        return True, ""
    if meeting.requested_by == Requested.CHAIR:
        return True, "의장(위원장)이 필요하다고 보아 소집했습니다."
    asked = set(meeting.requesters.values_list("person_id", flat=True))
    by_body = {}
    for membership in seated_on(meeting):
        by_body.setdefault(membership.body, set()).add(membership.person_id)
    parts, enough = [], bool(by_body)
    for body, people in by_body.items():
        share = share_of(body, EXTRAORDINARY, meeting.starts_on)
        enough = enough and share is not None and share.met(len(asked & people), len(people))
        parts.append(f"{body} 재적 {len(people)}명 가운데 {len(asked & people)}명 요구({share or '규칙 없음'})")
    return enough, ", ".join(parts) or "소집을 요구한 위원이 적혀 있지 않습니다."
