"""Recruitment: moves, scores, ranking with ties, one appointment of all or nobody, and forgetting applicants."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from councils import member_actions
from councils import recruitment_actions as actions
from councils.models import CandidateScore, Membership, Person, Recruitment
from geumcheon.lib.admin_parts import admin_url
from tests.admin_data import add_row, form_data
from tests.councils.test_terms import a_person, a_seat
from tests.html import texts

pytestmark = pytest.mark.django_db
TERM = date(2026, 3, 1)


@pytest.fixture
def office(client_as):
    return client_as("secretariat")


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to("2026-02-15T03:00Z")


def a_recruitment(names="가나다", limit=5, places=5, state="screening", **fields):
    recruitment = Recruitment.objects.create(
        seat=a_seat(limit, months=24, renewals=1), title="제4기 모집", places=places, state=state,
        opens_on=date(2026, 1, 1), closes_before=date(2026, 2, 1), term_starts_on=TERM, **fields,
    )  # fmt: skip
    recruitment.criteria.create(order=1, name="전문성", max_points=60)
    recruitment.criteria.create(order=2, name="참여 의지", max_points=40)
    for name in names:
        recruitment.candidates.create(name=name, email=f"{ord(name)}@example.org", state="selected")
    return recruitment


def give(recruitment, reviewer, *rows):
    """Points of one reviewer: a pair per candidate in order."""
    criteria = list(recruitment.criteria.all())
    pairs = zip(recruitment.candidates.all(), rows, strict=False)
    points = {(c.pk, k.pk): p for c, row in pairs for k, p in zip(criteria, row, strict=True)}
    actions.score(recruitment=recruitment, reviewer=reviewer, points=points)


# --- moves --------------------------------------------------------------------------------------------------------


def test_a_recruitment_moves_forward_only_and_screens_when_the_call_is_over(time_machine):
    recruitment = a_recruitment(state="draft")
    with pytest.raises(ValidationError, match="지금 ‘준비’ 상태라 ‘서면심사’"):
        actions.move_recruitment(recruitment=recruitment, state="screening")
    actions.move_recruitment(recruitment=recruitment, state="open")
    time_machine.move_to("2026-01-31T03:00Z")
    with pytest.raises(ValidationError, match="아직 끝나지 않았습니다"):
        actions.move_recruitment(recruitment=recruitment, state="screening")
    time_machine.move_to("2026-02-01T03:00Z")
    assert actions.move_recruitment(recruitment=recruitment, state="screening").state == "screening"
    assert actions.move_recruitment(recruitment=recruitment, state="screening").state == "screening"
    with pytest.raises(ValidationError, match="지금 ‘서면심사’ 상태라 ‘모집’"):
        actions.move_recruitment(recruitment=recruitment, state="open")
    with pytest.raises(ValidationError, match="위촉하기"):
        actions.move_recruitment(recruitment=recruitment, state="appointed")


@pytest.mark.parametrize(("part", "sentence"), [("criteria", "심사 항목"), ("candidates", "지원자가 없습니다")])
def test_there_is_nothing_to_screen_without(part, sentence):
    recruitment = a_recruitment(state="open")
    getattr(recruitment, part).all().delete()
    with pytest.raises(ValidationError, match=sentence):
        actions.move_recruitment(recruitment=recruitment, state="screening")


# --- scores -------------------------------------------------------------------------------------------------------


def test_points_stay_within_the_criterion_and_one_wrong_cell_writes_nothing():
    recruitment = a_recruitment()
    give(recruitment, 1, (60, 0), (0, 40))
    assert CandidateScore.objects.count() == 4
    with pytest.raises(ValidationError) as error:
        give(recruitment, 2, (60, 40), (61, 40))
    second, first = recruitment.candidates.all()[1], recruitment.criteria.first()
    assert error.value.message_dict == {f"points-{second.pk}-{first.pk}": ["0점에서 60점까지 적습니다."]}
    assert CandidateScore.objects.count() == 4
    give(recruitment, 1, (50, None))
    assert CandidateScore.objects.filter(candidate=recruitment.candidates.first()).get().points == 50


def test_points_are_given_while_screening_only_and_to_this_recruitments_candidates():
    recruitment, other = a_recruitment(), a_recruitment()
    with pytest.raises(ValidationError, match="이 모집의"):
        key = (other.candidates.first().pk, recruitment.criteria.first().pk)
        actions.score(recruitment=recruitment, reviewer=1, points={key: 1})
    Recruitment.objects.update(state="open")
    with pytest.raises(ValidationError, match="‘서면심사’ 상태에서"):
        give(recruitment, 1, (1, 1))


def test_equal_means_share_a_place_and_the_next_one_is_left_out():
    recruitment = a_recruitment("가나다라")
    give(recruitment, 1, (50, 30), (40, 40), (60, 40))
    give(recruitment, 2, (50, 31), (41, 40), (60, 40))
    found = [(r.candidate.name, r.rank, r.tied, r.total, r.mean) for r in actions.ranking(recruitment)]
    assert found == [
        ("다", 1, False, 200, Fraction(100)),
        ("가", 2, True, 161, Fraction(161, 2)),
        ("나", 2, True, 161, Fraction(161, 2)),
        ("라", None, False, 0, None),
    ]
    assert actions.ranking(recruitment)[1].mean_text == "80.50"


def test_a_missing_score_is_said():
    recruitment = a_recruitment("가나")
    give(recruitment, 1, (50, 30), (40, None))
    give(recruitment, 2, (50, 30))
    assert [(r.candidate.name, r.incomplete) for r in actions.ranking(recruitment)] == [("가", False), ("나", True)]


# --- appointment --------------------------------------------------------------------------------------------------


def test_everybody_selected_is_appointed_at_once():
    recruitment = a_recruitment("가나")
    recruitment.candidates.create(name="다", state="rejected")
    made = actions.appoint_recruitment(recruitment=recruitment)
    assert [(m.person.name, m.starts_on, m.ends_before, m.recruited) for m in made] == [
        (name, TERM, date(2028, 3, 1), "open_call") for name in "가나"
    ]
    recruitment.refresh_from_db()
    assert recruitment.state == "appointed"
    assert [c.membership for c in recruitment.candidates.order_by("pk")] == [*made, None]
    assert [c.person.email for c in recruitment.candidates.filter(state="selected")] == [
        f"{ord(name)}@example.org" for name in "가나"
    ]
    with pytest.raises(ValidationError, match="지금 ‘위촉’ 상태라"):
        actions.appoint_recruitment(recruitment=recruitment)


def test_one_refusal_appoints_nobody_and_names_the_candidate():
    recruitment = a_recruitment("가나다", limit=3)
    known = a_person("나")
    seat = recruitment.seat
    Membership.objects.create(person=known, body=seat.body, seat=seat, starts_on=date(2026, 1, 1))
    second = recruitment.candidates.all()[1]
    recruitment.candidates.filter(pk=second.pk).update(person=known)
    with pytest.raises(ValidationError) as error:
        actions.appoint_recruitment(recruitment=recruitment)
    found = error.value.message_dict
    assert list(found) == [f"candidate-{second.pk}"] and "겹칩니다" in found[f"candidate-{second.pk}"][0]
    assert (Membership.objects.count(), Person.objects.count()) == (1, 1)
    recruitment.refresh_from_db()
    assert recruitment.state == "screening"
    seen = actions.preview(recruitment)
    assert [(c.name, bool(errors)) for c, errors in seen.rows] == [("가", False), ("나", True), ("다", False)]
    assert (seen.ready, Membership.objects.count()) == (False, 1)


def test_no_more_than_the_places_and_the_seats_are_appointed():
    recruitment = a_recruitment("가나다", places=2)
    with pytest.raises(ValidationError, match="뽑을 인원은 2명인데 위촉 대상이 3명"):
        actions.appoint_recruitment(recruitment=recruitment)
    recruitment = a_recruitment("가나다", limit=2)
    with pytest.raises(ValidationError) as error:
        actions.appoint_recruitment(recruitment=recruitment)
    assert list(error.value.message_dict) == [f"candidate-{recruitment.candidates.last().pk}"]
    assert not Membership.objects.exists()


def test_an_applicant_whose_address_is_on_the_roll_is_not_made_anew():
    recruitment = a_recruitment("가")
    person = Person.objects.create(name="가", email=f"{ord('가')}@example.org")
    with pytest.raises(ValidationError, match="같은 전자우편"):
        actions.appoint_recruitment(recruitment=recruitment)
    recruitment.candidates.update(person=person)
    (made,) = actions.appoint_recruitment(recruitment=recruitment)
    assert (made.person, Person.objects.count()) == (person, 1)


# --- admin --------------------------------------------------------------------------------------------------------


def test_criteria_and_candidates_stand_on_the_page_of_the_recruitment(office):
    recruitment = a_recruitment("", state="draft")
    url = admin_url(Recruitment, "change", recruitment.pk)
    data = form_data(office.get(url), Recruitment)
    add_row(data, "candidates", name="가", email="", person="", channel="recommended", recommended_by="단체",
            state="applied", reason="")  # fmt: skip
    assert office.post(url, data).status_code == 302
    assert recruitment.candidates.get().recommended_by == "단체"


def test_scores_are_typed_and_ranked_on_the_page(office):
    recruitment = a_recruitment("가나")
    url = reverse("admin:councils_recruitment_scores", args=[recruitment.pk])
    (a, b), (k, m) = recruitment.candidates.all(), recruitment.criteria.all()
    points = {f"points-{a.pk}-{k.pk}": 50, f"points-{a.pk}-{m.pk}": 40, f"points-{b.pk}-{k.pk}": 61}
    response = office.post(url, {"reviewer": 1, **points})
    assert response.status_code == 200
    assert list(response.context["score_form"].errors) == [f"points-{b.pk}-{k.pk}"]
    assert not CandidateScore.objects.exists()
    assert office.post(url, {"reviewer": 1, **points, f"points-{b.pk}-{k.pk}": 60}).status_code == 302
    page = office.get(admin_url(Recruitment, "change", recruitment.pk))
    assert [(r.candidate.name, r.total) for r in page.context["ranking"]] == [("가", 90), ("나", 60)]


def test_the_appointment_is_looked_at_and_then_made(office):
    recruitment = a_recruitment("가나")
    url = reverse("admin:councils_recruitment_appoint", args=[recruitment.pk])
    response = office.get(url)
    assert response.context["preview"].ready and not Membership.objects.exists()
    assert office.post(url).status_code == 302
    assert Membership.objects.count() == 2
    assert office.post(url).status_code == 200
    assert Membership.objects.count() == 2
    change = admin_url(Recruitment, "change", recruitment.pk)
    assert office.post(change, {}).status_code == 403  # what was appointed stays


def test_moves_ask_first(office):
    recruitment = a_recruitment(state="draft")
    url = reverse("admin:councils_recruitment_move", args=[recruitment.pk, "open"])
    assert office.get(url).status_code == 200
    assert Recruitment.objects.get().state == "draft"
    assert office.post(url).status_code == 302
    assert Recruitment.objects.get().state == "open"
    assert office.get(url.replace("/open/", "/appointed/")).status_code == 404


def test_criteria_are_fixed_while_screening(office):
    recruitment = a_recruitment()
    page = office.get(admin_url(Recruitment, "change", recruitment.pk))
    assert "criteria-0-max_points" not in form_data(page, Recruitment)
    assert "candidates-0-name" in form_data(page, Recruitment)
    assert "가" in " ".join(texts(page, "form", id="scores_form"))


# --- forgetting ---------------------------------------------------------------------------------------------------


def test_applicants_are_forgotten_a_set_time_after_the_appointment(settings):
    settings.CANDIDATE_RETENTION_DAYS = 10
    recruitment = a_recruitment("가나")
    recruitment.candidates.filter(name="나").update(state="rejected", person=a_person("나"), reason="사정")
    actions.appoint_recruitment(recruitment=recruitment)
    waiting = a_recruitment("다")
    day = timezone.make_aware(datetime(TERM.year, TERM.month, TERM.day, 12))
    assert member_actions.forget_people(day + timedelta(days=9)) == (0, 0)
    assert member_actions.forget_people(day + timedelta(days=10)) == (1, 1)
    first, second = recruitment.candidates.order_by("pk")
    for candidate in (first, second):
        assert (candidate.name, candidate.email, candidate.reason) == (member_actions.FORGOTTEN, "", "")
    assert (first.person.name, second.person) == ("가", None)
    assert waiting.candidates.get().name == "다"
    assert sorted(Person.objects.values_list("name", flat=True)) == sorted(["가", member_actions.FORGOTTEN])
