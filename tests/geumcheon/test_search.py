"""Search: two syllables suffice, spacing does not matter, the same answers on both engines."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from budgets.models import BudgetLine
from geumcheon.models import SearchEntry
from geumcheon.search import index, tokens
from projects.models import Plan, Project
from tests.html import elements


def titles(query):
    return {label: [entry.title for entry in entries] for label, entries in index.search(query)}


@pytest.mark.parametrize("query", ["안양천에서놀자", "안양천에서 놀자", "안양천에서 놀자!", "안양천 에서놀자"])
def test_spacing_does_not_matter(loaded, query):
    assert titles(query)["사업"] == ["2021 사업 8. 안양천에서 놀자!(안양천 생태탐방로 조성)"]


@pytest.mark.parametrize(
    ("query", "project"),
    [("주민과 함께하는 안전한", 7), ("청년과 노인 세대융합", 11), ("재래시장 어두운 길", 6), ("빌라 주차문제", 16)],
)
def test_another_wording_of_a_project_finds_it(loaded, query, project):
    assert [title.split(".")[0] for title in titles(query)["사업"]] == [f"2021 사업 {project}"]


def test_results_are_grouped_with_title_matches_first(loaded):
    found = titles("운영세칙")
    assert list(found) == ["자료", "안내 쪽", "공론장·행사", "회의"]  # the document is called so, the others mention it
    assert titles("놀이터")["사업"][0] == "2021 사업 7. 주민이 함께하는 안전한 어린이 놀이터"


def test_the_project_that_is_called_so_stands_above_all_that_mention_it(loaded, client):
    assert list(titles("안양천에서놀자")) == ["사업", "제안", "공론장·행사", "예산 줄", "주민투표"]
    first = elements(client.get(reverse("search"), {"q": "안양천에서놀자"}), "ul", "search-results")[0]
    assert first["links"] == ["/projects/2021/8/"]


def test_a_group_shows_five_and_leads_to_all_of_it(loaded, client):
    whole = index.search("회의")
    page = client.get(reverse("search"), {"q": "회의"})
    assert [len(group["links"]) for group in elements(page, "ul", "search-results")] == [
        min(5, len(entries)) for _, entries in whole
    ]
    meetings = dict(whole)["회의"]
    assert f"회의 {len(meetings)}건 모두 보기" in page.content.decode()
    (only,) = elements(client.get(reverse("search"), {"q": "회의", "in": "meeting"}), "ul", "search-results")
    assert only["links"] == [entry.url for entry in meetings]


@pytest.mark.parametrize("kind", ["", "x", "document"])
def test_an_unknown_or_empty_group_shows_all(loaded, client, kind):
    page = client.get(reverse("search"), {"q": "안양천에서놀자", "in": kind})
    assert len(elements(page, "ul", "search-results")) == 5


def test_every_word_must_be_there(loaded):
    assert "사업" in titles("청년 실버")
    assert titles("청년 안드로메다") == {}


@pytest.mark.parametrize(
    "query", ["", " ", "!!", "'", '"', "' OR 1=1 --", "*", "\\", "NEAR(", "안'양", "()&|!", "\x00", "가" * 5000]
)
def test_signs_of_the_query_languages_do_no_harm(loaded, client, query):
    assert client.get(reverse("search"), {"q": query}).status_code == 200


def test_the_page_marks_the_match_and_escapes_the_query(loaded, client):
    html = client.get(reverse("search"), {"q": "안양천에서놀자"}).content.decode()
    assert "<mark>안양천에서 놀자</mark>!(안양천 생태탐방로 조성)" in html
    html = client.get(reverse("search"), {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in html


def test_a_draft_plan_is_not_found(loaded, client):
    Plan.objects.update(status="draft")
    index.rebuild()
    found = titles("놀이터")
    assert set(found) == {"주민투표", "제안", "지난 사업"}
    assert found["주민투표"] == ["나풀나풀 온라인 주민투표"]  # options of that vote, which is public whatever the plan


def test_a_changed_row_is_found_at_the_next_look(loaded, client):
    index.rebuild()
    project = Project.objects.get(number=4)
    project.place = "하늘다리 옆"
    project.save()
    assert index.is_behind()
    html = client.get(reverse("search"), {"q": "하늘다리"}).content.decode()
    assert "<mark>하늘다리</mark> 옆" in html
    assert not index.is_behind()


def test_a_removed_row_is_no_longer_found(loaded):
    index.rebuild()
    BudgetLine.objects.get(project__number=9, description="LED보안등").delete()
    index.rebuild()
    assert "예산 줄" not in titles("LED보안등")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {index.TABLE}")
        assert cursor.fetchone()[0] == SearchEntry.objects.count()


def test_a_second_rebuild_changes_nothing(loaded):
    index.rebuild()
    assert index.rebuild() == 0


def test_the_number_of_queries_is_constant(loaded, client):
    index.rebuild()

    def count(query):
        cache.set("search-looked", 1)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("search"), {"q": query})
        return len(queries)

    assert count("운영") == count("안양천에서놀자")


texts = st.text(alphabet="가나다 라마1a!", max_size=30)


@given(text=texts, word=st.text(alphabet="가나다라마1a", min_size=1, max_size=4))
def test_a_word_matches_exactly_when_the_squeezed_text_contains_it(text, word):
    found = tokens.pairs(text)
    wanted = [word] if len(word) == 1 else [word[i : i + 2] for i in range(len(word) - 1)]
    if len(word) == 1:
        matched = any(token.startswith(word) for token in found)
    else:
        matched = any(found[i : i + len(wanted)] == wanted for i in range(len(found)))
    assert matched == (word in tokens.squeeze(text))


@given(text=texts, query=texts)
def test_marking_loses_no_letter(text, query):
    assert "".join(piece for piece, _ in tokens.mark(text, tokens.words(query), around=1000)) == text
