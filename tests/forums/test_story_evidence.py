"""Stories counted for indicators: those out in the plan's year, of the indicator's project, for each of their dongs."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forums.models import Story
from geumcheon.accounts.models import Dong
from projects import results
from projects.models import IndicatorSource, Project


@pytest.fixture
def sources(loaded):
    """Two sources that count stories: of an indicator of the first project, and of one per dong of another."""
    plain = IndicatorSource.objects.filter(indicator__per="", indicator__project__number=1).first()
    by_dong = IndicatorSource.objects.exclude(indicator__project__number=1).first()
    type(by_dong.indicator).objects.filter(pk=by_dong.indicator_id).update(per="동")
    IndicatorSource.objects.filter(pk__in=[plain.pk, by_dong.pk]).update(
        provider="stories", own_project=True, words="", minimum_people=None
    )
    for source in (plain, by_dong):
        source.bodies.clear()
        source.meeting_kinds.clear()
    return [plain.pk, by_dong.pk]


def counted(loaded, pks):
    indicators = {
        row.pk: row.indicator for row in IndicatorSource.objects.filter(pk__in=pks).select_related("indicator__project")
    }
    found = results.evidence(loaded, indicators.values())
    return [[(row.title, row.part, row.url) for row in found[indicators[pk].pk]] for pk in pks]


def story(title, project, on=date(2021, 5, 1), dongs=()):
    row = Story.objects.create(title=title, text="글", published_on=on)
    row.projects.set([project])
    row.dongs.set(Dong.objects.filter(name__in=dongs))
    return row


def test_stories_of_the_project_and_year_count_and_lead_to_their_page(loaded, sources):
    one, other = (IndicatorSource.objects.get(pk=pk).indicator.project for pk in sources)
    mine = story("센다", one)
    story("다른 해", one, date(2020, 12, 31))
    story("초안", one, None)
    theirs = story("두 동", other, dongs=["가산동", "독산1동"])
    story("동 없음", other, date(2021, 6, 1))
    story("앞날", one, date(2999, 1, 1))
    assert counted(loaded, sources) == [
        [("센다", "", f"/stories/{mine.pk}/")],
        [
            ("두 동", "가산동", f"/stories/{theirs.pk}/"),
            ("두 동", "독산1동", f"/stories/{theirs.pk}/"),
            ("동 없음", "", Story.objects.get(title="동 없음").get_absolute_url()),
        ],
    ]


def test_words_and_any_project_narrow_and_widen(loaded, sources):
    other = Project.objects.filter(plan=loaded).exclude(number=1).last()
    story("놀이터 소식", other)
    story("안양천 소식", other)
    assert counted(loaded, sources[:1]) == [[]]
    IndicatorSource.objects.filter(pk=sources[0]).update(own_project=False, words="놀이터,없는말")
    assert [title for title, _, _ in counted(loaded, sources[:1])[0]] == ["놀이터 소식"]


def test_counting_costs_the_same_for_one_and_three_stories(loaded, sources):
    project = IndicatorSource.objects.get(pk=sources[0]).indicator.project
    story("1", project, dongs=["가산동"])
    with CaptureQueriesContext(connection) as one:
        counted(loaded, sources)
    story("2", project, dongs=["가산동", "독산1동"])
    story("3", project)
    with CaptureQueriesContext(connection) as three:
        counted(loaded, sources)
    assert len(one) == len(three)
