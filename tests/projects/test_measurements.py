"""Typed values: an officer enters, somebody else of the secretariat confirms or returns, only then they are public and count."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from geumcheon.accounts.models import Department, Dong, Role, User
from projects import measurement_actions, results, rollups
from projects.models import IndicatorResult, Measurement, Partner, Side
from tests.projects.test_evidence import an_indicator, year  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
LIST = "/admin/projects/measurement/"


@pytest.fixture
def project(year, users):  # noqa: F811
    """The project of 2026, led by the officer's department."""
    office = Department.objects.get(name="마을자치과")
    Partner.objects.create(project=year, order=1, side=Side.LEAD, name="마을자치과", department=office)
    return year


@pytest.fixture
def another(users):
    return User.objects.create_user("another", "another@example.org", "시험용-암호-2021", role=Role.SECRETARIAT)


def a_value(indicator, **fields):
    return Measurement(indicator=indicator, **{"on": date(2026, 3, 1), "value": 2, "evidence": "결과 보고서", **fields})


def entered(indicator, by, **fields):
    return measurement_actions.enter(measurement=a_value(indicator, **fields), by=by)


def result(indicator):
    return IndicatorResult.objects.get(indicator=indicator)


def test_a_value_counts_once_it_is_confirmed_and_not_after_it_is_returned(
    project, users, django_capture_on_commit_callbacks
):
    indicator = an_indicator(project, provider="measurement")
    typed = entered(indicator, users["officer"])
    rollups.refresh(project.plan)
    assert result(indicator).state == "not_measured"
    with django_capture_on_commit_callbacks(execute=True):
        assert measurement_actions.confirm(measurement=typed, by=users["secretariat"])
    assert (result(indicator).state, result(indicator).value) == ("reached", 2)
    with django_capture_on_commit_callbacks(execute=True):
        measurement_actions.send_back(measurement=typed, by=users["secretariat"], reason="보고서와 다름")
    assert result(indicator).state == "not_measured"
    states = list(typed.history.order_by("history_id").values_list("state", flat=True))
    assert states == ["entered", "confirmed", "returned"]


def test_who_may_enter(project, users):
    indicator = an_indicator(project)
    assert entered(indicator, users["officer"]).entered_by == users["officer"]
    assert entered(indicator, users["secretariat"]).state == "entered"
    for role in ("resident", "member"):
        with pytest.raises(PermissionDenied):
            entered(indicator, users[role])
    project.partners.all().delete()
    with pytest.raises(PermissionDenied):
        entered(indicator, users["officer"])


def test_who_may_confirm_and_return(project, users, another):
    typed = entered(an_indicator(project), users["secretariat"])
    with pytest.raises(ValidationError, match="다른 사람이 확인합니다"):
        measurement_actions.confirm(measurement=typed, by=users["secretariat"])
    for role in ("officer", "member"):
        with pytest.raises(PermissionDenied):
            measurement_actions.confirm(measurement=typed, by=users[role])
        with pytest.raises(PermissionDenied):
            measurement_actions.send_back(measurement=typed, by=users[role], reason="x")
    with pytest.raises(ValidationError, match="무엇을 고쳐야"):
        measurement_actions.send_back(measurement=typed, by=another, reason=" ")
    assert measurement_actions.confirm(measurement=typed, by=another)


def test_a_second_confirmation_is_nothing_new_and_a_returned_value_is_entered_again_first(project, users):
    typed = entered(an_indicator(project), users["officer"])
    assert measurement_actions.confirm(measurement=typed, by=users["secretariat"])
    assert not measurement_actions.confirm(measurement=typed, by=users["secretariat"])
    assert typed.history.count() == 2
    measurement_actions.send_back(measurement=typed, by=users["secretariat"], reason="다름")
    assert not measurement_actions.send_back(measurement=typed, by=users["secretariat"], reason="다름")
    with pytest.raises(ValidationError, match="돌려보냄"):
        measurement_actions.confirm(measurement=typed, by=users["secretariat"])
    typed.refresh_from_db()
    assert typed.note == "다름"
    measurement_actions.enter(measurement=typed, by=users["officer"])
    assert measurement_actions.confirm(measurement=typed, by=users["secretariat"])


def test_a_value_that_changed_while_it_was_looked_at_is_not_confirmed(project, users):
    typed = entered(an_indicator(project), users["officer"])
    seen = measurement_actions.version_of(typed)
    typed.value = 9
    measurement_actions.enter(measurement=typed, by=users["officer"])
    with pytest.raises(ValidationError, match="값이 바뀌었습니다"):
        measurement_actions.confirm(measurement=typed, by=users["secretariat"], seen=seen)
    assert measurement_actions.confirm(
        measurement=typed, by=users["secretariat"], seen=measurement_actions.version_of(typed)
    )


def test_a_confirmed_value_is_not_edited(project, users):
    typed = entered(an_indicator(project), users["officer"])
    measurement_actions.confirm(measurement=typed, by=users["secretariat"])
    with pytest.raises(ValidationError, match="이미 확인한 값"):
        measurement_actions.enter(measurement=typed, by=users["officer"])


@pytest.mark.parametrize(
    ("target", "fields", "field", "message"),
    [
        ("동별 1회 이상", {}, "dong", "어느 동의 값인지"),
        ("2회 이상", {"dong": "가산동"}, "dong", "동마다 세는 지표에만"),
        ("중복 없음", {"value": 2}, "value", "맞으면 1, 아니면 0"),
        ("2회 이상", {"value": -1}, "value", "0 이상이어야"),
        ("70% 이상", {"value": 101}, "value", "0에서 100까지"),
        ("70% 이상", {"base": 0}, "base", "한 명은"),
        ("2회 이상", {"base": 10}, "base", "비율로 재는 지표에만"),
        ("2회 이상", {"part": "2분기"}, "part", "분기나 달마다"),
        ("분기별 1회 이상", {"part": "5분기"}, "part", "1분기, 2분기처럼"),
        ("2회 이상", {"on": date(2026, 3, 4)}, "on", "아직 오지 않은"),
        ("2회 이상", {"on": date(2025, 12, 31)}, "on", "2026년부터의 날"),
        ("2회 이상", {"evidence": ""}, "evidence", "빈 칸으로"),
        ("2회 이상", {"link": "javascript:x"}, "__all__", "https://"),
    ],
)
def test_what_does_not_fit_the_indicator_is_told_at_its_field(project, users, target, fields, field, message):
    if "dong" in fields:
        fields = fields | {"dong": Dong.objects.get(name=fields["dong"])}
    with pytest.raises(ValidationError) as error:
        entered(an_indicator(project, target), users["officer"], **fields)
    assert list(error.value.message_dict) == [field]
    assert message in error.value.message_dict[field][0]
    assert not Measurement.objects.exists()


@pytest.mark.parametrize(
    ("target", "fields"),
    [
        ("동별 1회 이상", {"dong": "가산동"}),
        ("중복 없음", {"value": 0}),
        ("70% 이상", {"value": 100, "base": 1}),
        ("분기별 1회 이상", {"part": "4분기"}),
        ("2회 이상", {"on": date(2026, 3, 3), "link": "/meetings/"}),
    ],
)
def test_what_fits_is_kept(project, users, target, fields):
    if "dong" in fields:
        fields = fields | {"dong": Dong.objects.get(name=fields["dong"])}
    assert entered(an_indicator(project, target), users["officer"], **fields).pk


# --- admin ---
def form(indicator, **fields):
    return {"indicator": indicator.pk, "on": "2026-03-01", "value": "2", "evidence": "보고서", **fields}


def test_an_officer_enters_in_the_admin_and_reads_errors_at_the_field(project, client_as, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client, indicator = client_as("officer"), an_indicator(project, "동별 1회 이상")
    response = client.post(LIST + "add/", form(indicator))
    assert response.context["adminform"].form.errors["dong"][0].startswith("동마다 세는 지표")
    wrong = SimpleUploadedFile("보고서.pdf", b"<script>")
    dong = Dong.objects.first().pk
    response = client.post(LIST + "add/", form(indicator, dong=dong, file=wrong))
    assert "올릴 수 없는 형식" in response.context["adminform"].form.errors["file"][0]
    paper = SimpleUploadedFile("보고서.pdf", b"%PDF-1.4")
    assert client.post(LIST + "add/", form(indicator, dong=dong, file=paper)).status_code == 302
    typed = Measurement.objects.get()
    assert (typed.state, typed.entered_by.username, typed.file.name[-4:]) == ("entered", "officer", ".pdf")
    url = reverse("admin:projects_measurement_change", args=[typed.pk])
    assert client.post(url, form(indicator, dong=dong, value="3")).status_code == 302
    typed.refresh_from_db()
    assert typed.value == 3
    assert client.get(url.replace("change", "history")).status_code == 200


def test_an_officer_enters_nothing_for_somebody_elses_project(project, client_as):
    indicator = an_indicator(project)
    project.partners.all().delete()
    response = client_as("officer").post(LIST + "add/", form(indicator))
    assert response.status_code == 200
    assert not Measurement.objects.exists()


def run(client, action, rows, **data):
    return client.post(LIST, {"action": action, "_selected_action": [row.pk for row in rows], **data})


def apply(client, action, rows, **data):
    page = run(client, action, rows, step="preview", **data)
    return run(client, action, rows, step="apply", seen=[e.token for e in page.context["effects"]], **data)


def test_the_secretariat_confirms_and_returns_in_the_list(project, users, client_as):
    indicator, client = an_indicator(project), client_as("secretariat")
    rows = [entered(indicator, users["officer"]) for _ in range(2)]
    page = run(client, "confirm_selected", rows)
    assert [e.state for e in page.context["effects"]] == ["change", "change"]
    assert apply(client, "confirm_selected", rows).status_code == 302
    assert set(Measurement.objects.values_list("state", "confirmed_by__username")) == {("confirmed", "secretariat")}
    assert [e.state for e in run(client, "confirm_selected", rows).context["effects"]] == ["same", "same"]
    assert apply(client, "return_selected", rows[:1], reason="숫자가 다름").status_code == 302
    rows[0].refresh_from_db()
    assert (rows[0].state, rows[0].note) == ("returned", "숫자가 다름")


def test_a_value_changed_since_the_preview_is_shown_again_instead_of_confirmed(project, users, client_as):
    client, typed = client_as("secretariat"), entered(an_indicator(project), users["officer"])
    seen = [e.token for e in run(client, "confirm_selected", [typed]).context["effects"]]
    typed.value = 7
    measurement_actions.enter(measurement=typed, by=users["officer"])
    page = run(client, "confirm_selected", [typed], step="apply", seen=seen)
    assert [e.state for e in page.context["effects"]] == ["stale"]
    typed.refresh_from_db()
    assert typed.state == "entered"


def test_an_officer_has_no_confirmation_in_the_list(project, users, client_as):
    typed = entered(an_indicator(project), users["officer"])
    page = run(client_as("officer"), "confirm_selected", [typed])
    assert page.status_code == 302 or "effects" not in (page.context or {})
    typed.refresh_from_db()
    assert typed.state == "entered"


def test_a_confirmed_value_is_read_only_in_the_admin(project, users, client_as):
    typed = entered(an_indicator(project), users["officer"])
    measurement_actions.confirm(measurement=typed, by=users["secretariat"])
    url = reverse("admin:projects_measurement_change", args=[typed.pk])
    assert client_as("officer").post(url, form(typed.indicator, value="9")).status_code == 403
    typed.refresh_from_db()
    assert typed.value == 2


def test_rows_show_the_evidence(project, users):
    indicator = an_indicator(project, "70% 이상", "satisfaction")
    typed = entered(indicator, users["officer"], value=72, base=40, link="https://example.org/report")
    measurement_actions.confirm(measurement=typed, by=users["secretariat"])
    (row,) = results.evidence(project.plan, [indicator])[indicator.pk]
    assert (row.title, row.value, row.weight, row.url) == ("결과 보고서", 72, 40, "https://example.org/report")
