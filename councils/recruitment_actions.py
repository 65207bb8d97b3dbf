"""The way of a recruitment: 준비 → 모집 → 서면심사 → 위촉, with scores and one appointment of all who were selected."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from django.core.exceptions import ValidationError
from django.db import transaction

from councils.member_actions import appoint, lock_body
from councils.models import (
    RECRUITMENT_MOVES,
    CandidateScore,
    CandidateState,
    Person,
    Recruitment,
    RecruitmentState,
)
from geumcheon.lib import clock


def _locked(recruitment):
    return Recruitment.objects.select_for_update().get(pk=recruitment.pk)


def _move(recruitment, state):
    """Set the state along RECRUITMENT_MOVES. Raises ValidationError that names the state it is in."""
    if state not in RECRUITMENT_MOVES[recruitment.state]:
        raise ValidationError(
            f"지금 ‘{recruitment.get_state_display()}’ 상태라 ‘{RecruitmentState(state).label}’(으)로 바꿀 수 없습니다."
        )
    recruitment.state = state
    recruitment.save()


@transaction.atomic
def move_recruitment(*, recruitment, state):
    """Open, screen or cancel a recruitment; the same state is a no-op. Appointing has an action of its own."""
    recruitment = _locked(recruitment)
    if recruitment.state == state:
        return recruitment
    if state == RecruitmentState.APPOINTED:
        raise ValidationError("위촉은 ‘위촉하기’에서 대상자를 확인하고 합니다.")
    if state == RecruitmentState.SCREENING and recruitment.state == RecruitmentState.OPEN:
        if clock.today() < recruitment.closes_before:
            raise ValidationError("모집 기간이 아직 끝나지 않았습니다.")
        if not recruitment.criteria.exists():
            raise ValidationError("심사 항목을 먼저 적어 주세요.")
        if not recruitment.candidates.exists():
            raise ValidationError("지원자가 없습니다.")
    _move(recruitment, state)
    return recruitment


@transaction.atomic
def score(*, recruitment, reviewer, points):
    """Write one reviewer's points: {(candidate id, criterion id): points or None}; None takes a score back.

    All or nothing: raises ValidationError keyed `points-CANDIDATE-CRITERION`.
    """
    recruitment = _locked(recruitment)
    if recruitment.state != RecruitmentState.SCREENING:
        raise ValidationError("점수는 ‘서면심사’ 상태에서 적습니다.")
    criteria = {criterion.pk: criterion for criterion in recruitment.criteria.all()}
    candidates = {c.pk for c in recruitment.candidates.exclude(state=CandidateState.WITHDRAWN)}
    errors = {}
    for (candidate_id, criterion_id), value in points.items():
        key = f"points-{candidate_id}-{criterion_id}"
        if candidate_id not in candidates or criterion_id not in criteria:
            errors[key] = ["이 모집의 지원자나 심사 항목이 아닙니다."]
        elif value is not None and not 0 <= value <= criteria[criterion_id].max_points:
            errors[key] = [f"0점에서 {criteria[criterion_id].max_points}점까지 적습니다."]
    if errors:
        raise ValidationError(errors)
    for (candidate_id, criterion_id), value in points.items():
        where = {"candidate_id": candidate_id, "criterion_id": criterion_id, "reviewer": reviewer}
        if value is None:
            CandidateScore.objects.filter(**where).delete()
        else:
            CandidateScore.objects.update_or_create(**where, defaults={"points": value})


@dataclass(frozen=True)
class Ranked:
    """A candidate's place: sum of all points, mean of the reviewers' sums (exact), who has not scored every criterion."""

    candidate: object
    total: int
    mean: Fraction | None
    reviewers: int
    incomplete: bool
    rank: int | None
    tied: bool

    @property
    def mean_text(self):
        """The mean with two decimals, half up; `–` without a score."""
        if self.mean is None:
            return "–"
        hundredths = int(self.mean * 100 + Fraction(1, 2))
        return f"{hundredths // 100}.{hundredths % 100:02d}"


def ranking(recruitment):
    """[Ranked] by mean, best first; equal means share a place (1, 1, 3). Withdrawn and unscored candidates come last."""
    criteria = recruitment.criteria.count()
    by_candidate = defaultdict(lambda: defaultdict(list))
    for s in CandidateScore.objects.filter(candidate__recruitment=recruitment):
        by_candidate[s.candidate_id][s.reviewer].append(s.points)
    everybody = {reviewer for scores in by_candidate.values() for reviewer in scores}
    found = []
    for candidate in recruitment.candidates.select_related("person"):
        scores = by_candidate.get(candidate.pk, {})
        total = sum(map(sum, scores.values()))
        counts = scores and candidate.state != CandidateState.WITHDRAWN
        mean = Fraction(total, len(scores)) if counts else None
        incomplete = set(scores) != everybody or any(len(points) < criteria for points in scores.values())
        found.append((candidate, total, mean, len(scores), bool(counts) and incomplete))
    means = [mean for _, _, mean, _, _ in found if mean is not None]
    ranked = [
        Ranked(
            *row,
            rank=None if row[2] is None else 1 + sum(mean > row[2] for mean in means),
            tied=row[2] is not None and means.count(row[2]) > 1,
        )
        for row in found
    ]
    return sorted(ranked, key=lambda r: (r.rank is None, r.rank or 0, r.candidate.pk))


def _person_of(candidate):
    """The candidate's person on the roll, made now when there is none; refuses an address that somebody there has."""
    if candidate.person:
        return candidate.person
    if candidate.email and Person.objects.filter(email__iexact=candidate.email).exists():
        raise ValidationError("명부에 같은 전자우편을 쓰는 사람이 있습니다. 같은 사람이면 ‘사람’에서 골라 주세요.")
    person = Person(name=candidate.name, email=candidate.email)
    person.full_clean()
    person.save()
    return person


def _appoint_one(candidate, recruitment):
    candidate.person = _person_of(candidate)
    candidate.membership = appoint(
        person=candidate.person,
        seat=recruitment.seat,
        starts_on=recruitment.term_starts_on,
        ends_before=recruitment.term_ends_before,
        recruited=candidate.channel,
    )
    candidate.save()


@transaction.atomic
def appoint_recruitment(*, recruitment):
    """Seat every selected candidate in one transaction and close the recruitment. Returns [Membership] in order.

    All or nothing: raises ValidationError keyed `candidate-ID` with each refusal, or with a sentence of its own.
    """
    recruitment = _locked(recruitment)
    lock_body(recruitment.seat.body_id)
    if recruitment.state != RecruitmentState.SCREENING:
        raise ValidationError(f"지금 ‘{recruitment.get_state_display()}’ 상태라 위촉할 수 없습니다.")
    selected = list(recruitment.candidates.filter(state=CandidateState.SELECTED).select_related("person"))
    if not selected:
        raise ValidationError("결과가 ‘위촉 대상’인 지원자가 없습니다.")
    if len(selected) > recruitment.places:
        raise ValidationError(f"뽑을 인원은 {recruitment.places}명인데 위촉 대상이 {len(selected)}명입니다.")
    errors = {}
    for candidate in selected:
        try:
            with transaction.atomic():
                _appoint_one(candidate, recruitment)
        except ValidationError as error:
            errors[f"candidate-{candidate.pk}"] = error.messages
    if errors:
        raise ValidationError(errors)
    _move(recruitment, RecruitmentState.APPOINTED)
    return [candidate.membership for candidate in selected]


@dataclass(frozen=True)
class Preview:
    """What appointing would do now: (candidate, refusals) of everybody selected, and sentences about the whole."""

    rows: list
    problems: list

    @property
    def ready(self):
        return not self.problems and not any(errors for _, errors in self.rows)


def preview(recruitment):
    """Try the appointment and take it back; a Preview."""
    found, problems = {}, []
    with transaction.atomic():
        try:
            appoint_recruitment(recruitment=recruitment)
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                found = error.message_dict
            else:
                problems = error.messages
        transaction.set_rollback(True)
    selected = recruitment.candidates.filter(state=CandidateState.SELECTED).select_related("person")
    return Preview([(c, found.get(f"candidate-{c.pk}", [])) for c in selected], problems)
