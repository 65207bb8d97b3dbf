"""Versions, accounts and stated figures in the admin."""

import pytest
from django.core.exceptions import ValidationError

from budgets import actions
from budgets.models import BudgetGroup, BudgetItem, BudgetRollup, BudgetVersion, Dimension, StatedFigure
from budgets.reconciliation import reconcile
from councils.models import Body
from geumcheon.lib.admin_parts import admin_url
from tests.admin_data import errors_of, form_data
from tests.html import texts


@pytest.fixture
def versions(loaded):
    return {version.key: version for version in loaded.versions.all()}


def save(client, row, **fields):
    url = admin_url(type(row), "change", row.pk)
    return client.post(url, form_data(client.get(url), type(row)) | fields)


# --- versions ---
def test_the_list_sets_totals_beside_the_stored_sum(client_as, versions):
    client = client_as("officer")

    def shown():
        response = client.get(admin_url(BudgetVersion))
        names = ("rows", "total", "rollup")
        return [tuple(row) for row in zip(*(texts(response, "td", cls=f"field-{n}") for n in names), strict=True)]

    assert sorted(shown()) == [("132줄", "956,364,000원", "같음"), ("18개 사업", "1,000,000,000원", "–")]
    line = versions["final"].lines.first()
    type(line).objects.filter(pk=line.pk).update(amount_krw=line.amount_krw + 1000)
    assert ("132줄", "956,365,000원", "차이 -1,000원") in shown()
    BudgetRollup.objects.all().delete()
    assert ("132줄", "956,365,000원", "집계 없음") in shown()


@pytest.fixture
def revised(loaded):
    return BudgetVersion.objects.create(plan=loaded, key="revised", title="변경 예산", basis="lines")


def test_another_version_is_put_to_use_and_the_old_steps_back(
    client_as, versions, revised, django_capture_on_commit_callbacks
):
    data = {"action": "use_selected", "_selected_action": [revised.pk]}
    with django_capture_on_commit_callbacks(execute=True):
        response = client_as("secretariat").post(admin_url(BudgetVersion), data, follow=True)
    assert texts(response, "ul", cls="messagelist") == ["2021 변경 예산: 지금 쓰는 판입니다."]
    assert list(BudgetVersion.objects.filter(is_current=True)) == [revised]
    assert versions["final"].history.latest().history_user.username == "secretariat"
    assert BudgetRollup.objects.get(dimension=Dimension.PLAN).version == revised


def test_a_version_with_totals_only_cannot_be_in_use(client_as, versions):
    data = {"action": "use_selected", "_selected_action": [versions["council-2020-08-05"].pk]}
    response = client_as("secretariat").post(admin_url(BudgetVersion), data, follow=True)
    assert "사업별 총액만 있는 판은 쓸 수 없습니다" in texts(response, "ul", cls="messagelist")[0]
    assert BudgetVersion.objects.get(is_current=True) == versions["final"]
    with pytest.raises(ValidationError):
        actions.use_version(version=versions["council-2020-08-05"])


def test_two_versions_at_once_cannot_be_chosen(client_as, versions, revised):
    data = {"action": "use_selected", "_selected_action": [v.pk for v in versions.values()]}
    response = client_as("secretariat").post(admin_url(BudgetVersion), data, follow=True)
    assert texts(response, "ul", cls="messagelist") == ["판을 하나만 골라 주세요."]


def test_an_officer_chooses_no_version(client_as, versions, revised):
    data = {"action": "use_selected", "_selected_action": [revised.pk]}
    client_as("officer").post(admin_url(BudgetVersion), data)
    assert BudgetVersion.objects.get(is_current=True) == versions["final"]


def test_versions_can_be_saved_as_shown(client_as, versions):
    for version in versions.values():
        before = list(version.totals.values())
        assert save(client_as("secretariat"), version).status_code == 302
        assert list(version.totals.values()) == before


def test_a_name_tag_another_version_has_is_refused(client_as, versions):
    response = save(client_as("secretariat"), versions["final"], key="council-2020-08-05")
    assert response.status_code == 200
    assert list(errors_of(response)) == ["__all__"]


def test_a_version_with_lines_is_protected(client_as, versions):
    response = client_as("secretariat").post(admin_url(BudgetVersion, "delete", versions["final"].pk), {"post": "yes"})
    assert "보호되는 것이 있어 지울 수 없습니다" in response.content.decode()
    assert BudgetVersion.objects.filter(pk=versions["final"].pk).exists()


def test_a_version_without_lines_is_deleted(client_as, revised):
    response = client_as("secretariat").post(admin_url(BudgetVersion, "delete", revised.pk), {"post": "yes"})
    assert response.status_code == 302
    assert not BudgetVersion.objects.filter(pk=revised.pk).exists()


# --- names that stored sums are keyed by ---
@pytest.mark.parametrize(
    ("row", "field", "dimension"),
    [
        (lambda: BudgetItem.objects.get(name="시설비"), "name", Dimension.ITEM),
        (lambda: BudgetGroup.objects.filter(items__lines__isnull=False).first(), "name", Dimension.BUDGET_GROUP),
        (lambda: Body.objects.get(name="교육·문화분과"), "name", Dimension.BODY),
    ],
)
def test_a_new_name_reaches_the_stored_sums(
    client_as, loaded, row, field, dimension, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        fields = {field: "새이름"} | ({"summary_name": "새이름"} if dimension == Dimension.ITEM else {})
        assert save(client_as("secretariat"), row(), **fields).status_code == 302
    keys = BudgetRollup.objects.filter(dimension=dimension).values_list("key", flat=True)
    assert "새이름" in keys


def test_a_groups_new_name_reaches_the_stored_sums(client_as, loaded, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert save(client_as("secretariat"), loaded, **{"groups-1-name": "새 구분"}).status_code == 302
    assert "새 구분" in BudgetRollup.objects.filter(dimension=Dimension.GROUP).values_list("key", flat=True)


# --- stated figures ---
def test_the_list_sets_the_computed_number_beside_the_stated_one(client_as, loaded):
    response = client_as("officer").get(admin_url(StatedFigure), {"q": "경상보조 비율"})
    shown = [texts(response, "td", cls=f"field-{n}") for n in ("stated_number", "computed", "match")]
    assert shown == [["73%"], ["74%"], ["다름(-1%)"]]


def test_the_filter_finds_exactly_the_mismatches(client_as, loaded):
    response = client_as("officer").get(admin_url(StatedFigure), {"match": "no"})
    kept = set(loaded.stated_figures.values_list("key", flat=True))  # other rooms state figures in tables of their own
    wrong = [f.label for f in reconcile(loaded) if f.kind == "figure" and f.matches is False and f.key in kept]
    assert texts(response, "th", cls="field-label") == wrong
    assert wrong


def test_every_stated_figure_can_be_saved_as_shown(client_as, loaded):
    """One of each measure."""
    client = client_as("secretariat")
    for measure in set(loaded.stated_figures.values_list("measure", flat=True)):
        figure = loaded.stated_figures.filter(measure=measure).first()
        before = StatedFigure.objects.filter(pk=figure.pk).values().get()
        assert save(client, figure).status_code == 302
        assert StatedFigure.objects.filter(pk=figure.pk).values().get() == before


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"measure": "version_total", "filters": ""}, "‘판의 총액’에는 조건 version이(가) 있어야 합니다."),
        ({"measure": "seats", "filters": "kind=당연직"}, "‘자리 수’에는 조건 body이(가) 있어야 합니다."),
        ({"measure": "sum_of", "filters": "of=없는-열쇠"}, "이 계획에 없는 적힌 수입니다: 없는-열쇠"),
        ({"filters": "project=넷"}, "project에는 수를 적어 주세요: ‘넷’"),
        (
            {"filters": "<script>"},
            "읽을 수 없는 조건입니다: ‘<script>’. 쓸 수 있는 이름: project, year, no, item, group, budget_group, heading, "
            "nature, funding, version, body, kind, of",
        ),
        ({"filters": "item=사무\x00비"}, "null 문자는 사용할 수 없습니다. "),
    ],
)
def test_conditions_the_reconciliation_could_not_read_are_refused(client_as, loaded, fields, message):
    figure = loaded.stated_figures.filter(measure="lines_sum").first()
    response = save(client_as("secretariat"), figure, **fields)
    assert errors_of(response) == {"filters": [message]}
    figure.refresh_from_db()
    assert figure.measure == "lines_sum"


def test_a_deleted_part_of_a_sum_leaves_the_reconciliation_standing(client_as, loaded):
    figure = loaded.stated_figures.filter(measure="sum_of").first()
    part = loaded.stated_figures.get(key=figure.filters["of"].split(";")[0])
    assert client_as("secretariat").post(admin_url(StatedFigure, "delete", part.pk), {"post": "yes"}).status_code == 302
    assert next(f for f in reconcile(loaded) if f.key == figure.key).matches is None


def test_stored_sums_are_only_looked_at(client_as, loaded):
    rollup = BudgetRollup.objects.first()
    client = client_as("secretariat")
    assert client.get(admin_url(BudgetRollup, "change", rollup.pk)).status_code == 200
    assert client.post(admin_url(BudgetRollup, "change", rollup.pk), {"total_krw": "1"}).status_code == 403
    assert client.post(admin_url(BudgetRollup, "delete", rollup.pk), {"post": "yes"}).status_code == 403
