"""What a survey says: counts with groups below five merged, the share that is satisfied, pictures. Nothing below five answers."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q

from forums.models import FEWEST, SATISFACTION, SATISFIED_FROM, QuestionKind, SurveyAnswer, SurveyState, keyed
from geumcheon.lib import money
from geumcheon.lib.charts import PEOPLE, BarChart, Item, Unit

POINTS = {5: "매우 만족(5점)", 4: "만족(4점)", 3: "보통(3점)", 2: "불만족(2점)", 1: "매우 불만족(1점)"}
PICKS = Unit("번")


@dataclass(frozen=True)
class Group:
    """A group of replies that may be told: its name and how many people (of many choices: picks)."""

    label: str
    count: int


@dataclass(frozen=True)
class Part:
    """The result of one question. `share`: percent satisfied, one decimal; `groups`: [] where too few answered; `texts`: sorted."""

    question: object
    replies: int
    groups: list = field(default_factory=list)
    share: Decimal | None = None
    texts: list = field(default_factory=list)
    picture: BarChart | None = None


@dataclass(frozen=True)
class Result:
    answers: int
    parts: list

    @property
    def told(self):
        """Whether there are enough answers to tell anything."""
        return self.answers >= FEWEST

    @property
    def share(self):
        """Percent satisfied of the first satisfaction question, or None."""
        return next((part.share for part in self.parts if part.question.kind == QuestionKind.SATISFACTION), None)


def share(answers, satisfied):
    """Exact percent satisfied; None below five answers."""
    return Decimal(satisfied) * 100 / Decimal(answers) if answers and answers >= FEWEST else None


def merged_points(counts):
    """[Group] of points from 5 down: neighbours join until each group has five; what is left joins the last."""
    groups, points, count = [], [], 0
    for point in POINTS:
        points, count = [*points, point], count + counts[point]
        if count >= FEWEST:
            groups.append((points, count))
            points, count = [], 0
    if points and groups:
        last, many = groups.pop()
        groups.append((last + points, many + count))
    return [Group(POINTS[p[0]] if len(p) == 1 else f"{p[-1]}~{p[0]}점", many) for p, many in groups]


def merged_choices(labels, counts):
    """[Group] of choices in their order; those below five are one group of at least five, which takes the next smallest if need be."""
    small = {place for place in range(len(labels)) if counts[place] < FEWEST}
    rest = sorted(set(range(len(labels))) - small, key=lambda place: (counts[place], place))
    while small and sum(counts[place] for place in small) < FEWEST and rest:
        small.add(rest.pop(0))
    groups = [Group(labels[place], counts[place]) for place in range(len(labels)) if place not in small]
    together = sum(counts[place] for place in small)
    if together >= FEWEST:
        groups.append(Group("합친 것: " + ", ".join(labels[place] for place in sorted(small)), together))
    return groups


def _part(key, question, answers):
    replies = [answer[key] for answer in answers if key in answer]
    if question.kind == QuestionKind.TEXT:
        texts = sorted(replies) if len(replies) >= FEWEST else []
        return Part(question, len(replies), texts=texts)
    if len(replies) < FEWEST:
        return Part(question, len(replies))
    if question.kind == QuestionKind.SATISFACTION:
        satisfied = sum(reply >= SATISFIED_FROM for reply in replies)
        groups = merged_points(Counter(replies))
        return Part(
            question, len(replies), groups, money.percent(satisfied, len(replies)), picture=_picture(question, groups)
        )
    many = question.kind == QuestionKind.MANY
    counts = Counter(place for reply in replies for place in (reply if many else [reply]))
    groups = merged_choices(question.choice_list, counts)
    return Part(question, len(replies), groups, picture=_picture(question, groups))


def _picture(question, groups):
    """Bars with their table; None where all is one group."""
    if len(groups) < 2:
        return None
    many = question.kind == QuestionKind.MANY
    return BarChart(
        title=question.text, items=[Item(group.label, group.count) for group in groups], head="답",
        value_head="고른 수" if many else "사람", shares=not many, unit=PICKS if many else PEOPLE,
    )  # fmt: skip


def result(survey):
    """The Result of a closed survey. Three queries."""
    answers = list(SurveyAnswer.objects.filter(survey=survey).values_list("replies", flat=True))
    pairs = keyed(survey.questions.order_by("order"))
    if len(answers) < FEWEST:
        return Result(len(answers), [])
    return Result(len(answers), [_part(key, question, answers) for key, question in pairs])


def rated():
    """{event pk: (answers, satisfied)} as a QuerySet of rows (event, answers, satisfied) of the closed surveys."""
    points = f"replies__{SATISFACTION}"
    rows = SurveyAnswer.objects.filter(survey__state=SurveyState.CLOSED, **{f"{points}__isnull": False}).order_by()
    satisfied = Count("pk", filter=Q(**{f"{points}__gte": SATISFIED_FROM}))
    return rows.values("survey__event").annotate(answers=Count("pk"), satisfied=satisfied)
