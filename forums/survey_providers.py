"""What surveys say for indicators that ask for satisfaction: the share that gave 4 or 5 of 5 points, weighted by who answered.

Closed surveys of events held in the plan's year, with at least five answers: a share of fewer is told nowhere.
"""

from django.utils import timezone

from forums import survey_results
from forums.events_providers import bodies_of, counts, read
from projects.evidence import Row


def satisfaction(sources, plan, known):
    """{source pk: [Row]}: percent satisfied of each event of `known` a source counts, with the number of answers behind it."""
    rated = {
        row["survey__event"]: row for row in survey_results.rated().filter(survey__event__starts_at__year=plan.year)
    }
    events = [event for event in known if event.pk in rated]
    bodies = bodies_of(events) if any(source.body_ids for source in sources) else {}
    found = {source.pk: [] for source in sources}
    for event in events:
        answers, satisfied = rated[event.pk]["answers"], rated[event.pk]["satisfied"]
        share = survey_results.share(answers, satisfied)
        if share is None:
            continue
        day = timezone.localtime(event.starts_at).date()
        for source in sources:
            if counts(source, event, bodies):
                part = event.dong.name if event.dong and source.indicator.per == "동" else ""
                title = f"{event.title} 설문 (답 {answers}개)"
                found[source.pk].append(Row(title, day, share, ("event", (event.pk,)), part, answers))
    return found


def register(to):
    """Fill the register at start-up."""
    to.add("satisfaction", "만족도 조사", satisfaction, reads=[read])
