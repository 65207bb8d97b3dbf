"""The load_plan command: the whole 2021 plan, twice, broken files, dry run."""

import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

import budgets.loading
import councils.loading
import projects.loading
from budgets.models import BudgetItem, BudgetLine, BudgetRollup, LinePrinting, StatedFigure, VersionProject
from councils.models import Article, Body, Document, Meeting
from geumcheon.accounts import loading as accounts_loading
from geumcheon.accounts.models import Department, Dong, User
from geumcheon.lib.loading import Loader
from projects.models import Feedback, Indicator, Partner, PastProject, Plan, PlanStep, Project, Stage

ROOMS = {
    "accounts": accounts_loading,
    "councils": councils.loading,
    "projects": projects.loading,
    "budgets": budgets.loading,
}


def run(*args, **options):
    from io import StringIO

    out = StringIO()
    call_command("load_plan", *args, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def files(tmp_path, monkeypatch, loaded):
    """A copy of all data files that the loaders read instead; files(room, name) -> path."""
    for room, module in ROOMS.items():
        shutil.copytree(module.DATA, tmp_path / room)
        monkeypatch.setattr(module, "DATA", tmp_path / room)
    return lambda room, name: tmp_path / room / "2021" / name


def edit(path, old, new, count=1):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def test_the_whole_plan_is_there(loaded):
    counts = {
        model.__name__: model.objects.count()
        for model in (
            Plan,
            PlanStep,
            Project,
            Stage,
            Indicator,
            PastProject,
            Feedback,
            Meeting,
            Dong,
            BudgetLine,
            LinePrinting,
        )
    }
    assert counts == {
        "Plan": 1, "PlanStep": 15, "Project": 17, "Stage": 105, "Indicator": 97, "PastProject": 17, "Feedback": 8,
        "Meeting": 119, "Dong": 10, "BudgetLine": 132, "LinePrinting": 132,
    }  # fmt: skip
    assert loaded.status == "closed"
    assert BudgetLine.objects.aggregate(total=Sum("amount_krw"))["total"] == 956_364_000
    assert BudgetLine.objects.filter(funding="구비").aggregate(total=Sum("amount_krw"))["total"] == 56_364_000
    assert VersionProject.objects.aggregate(total=Sum("amount_krw"))["total"] == 1_000_000_000
    assert dict(Meeting.objects.values_list("year").annotate(Sum("attendees")).order_by()) == {2019: 1567, 2020: 392}
    assert not BudgetItem.objects.exclude(code="").exists()


def test_bodies_library_and_links(loaded):
    council = Body.objects.get(name="금천구협치회의")
    assert sum(seat.count for seat in council.seats.all()) == 30
    assert Body.objects.filter(kind="subcommittee", parent=council).count() == 5
    assert Body.objects.filter(kind="working_group").count() == 5
    assert all(body.parent.kind == "subcommittee" for body in Body.objects.filter(kind="working_group"))
    decided = Document.objects.exclude(meeting=None).values_list("decided_on", "meeting__year", "meeting__no")
    assert set(decided) >= {(_day("2019-12-19"), 2019, 92), (_day("2019-07-08"), 2019, 59)}
    assert Article.objects.filter(number="제25조").exists()
    twins = PastProject.objects.filter(name="마음 놓고 걷는 통학로 만들기").values_list("number", flat=True)
    assert list(twins) == ["1-3", "1-4"]
    assert not Project.objects.filter(partners=None).exists()
    assert Partner.objects.filter(side="주무부서", department=None).count() == 0
    assert all(feedback.answers.exists() for feedback in Feedback.objects.all())


def test_every_record_says_where_it_stands(loaded):
    for model in (PlanStep, Project, Stage, Indicator, Partner, PastProject, Feedback, Meeting, BudgetLine, LinePrinting,
                  StatedFigure, Body, Department, Dong, Document):  # fmt: skip
        assert not model.objects.filter(source="").exists(), model.__name__


def test_no_person_comes_with_the_plan(loaded):
    assert not User.objects.exists()


def test_a_second_run_changes_nothing_and_says_so(loaded):
    history = Project.history.count()
    assert "바뀐 것이 없습니다" in run("2021")
    assert Project.history.count() == history


def test_rollups_are_stored_with_the_load(loaded):
    total = BudgetRollup.objects.get(dimension="plan")
    assert (total.city_krw, total.district_krw, total.total_krw) == (900_000_000, 56_364_000, 956_364_000)


def test_a_corrected_file_changes_that_row_only(files):
    edit(files("councils", "meetings.csv"), "관내식당", "구내식당")
    assert "변경 1 " in run("2021")
    assert Meeting.objects.filter(place="구내식당").count() == 1


def test_a_corrected_file_counts_as_an_edit_of_its_project_only(files):
    edit(files("projects", "projects/04.yaml"), "용역발주 및 시행", "용역 발주와 시행")
    edit(files("budgets", "lines.csv"), "성과자료집 제작", "성과자료집 인쇄")
    run("2021")
    assert list(Project.objects.exclude(edit_version=0).values_list("number", "edit_version")) == [(4, 1)]
    run("2021")
    assert Project.objects.get(number=4).edit_version == 1


def test_dry_run_shows_the_difference_and_keeps_the_rows(files):
    edit(files("councils", "meetings.csv"), "관내식당", "구내식당")
    assert "'관내식당' → '구내식당'" in run("2021", dry_run=True)
    assert not Meeting.objects.filter(place="구내식당").exists()


def test_if_missing_leaves_a_loaded_plan_alone(files):
    edit(files("councils", "meetings.csv"), "관내식당", "구내식당")
    assert "이미 있습니다" in run("2021", if_missing=True)
    assert not Meeting.objects.filter(place="구내식당").exists()


def test_a_removed_row_is_removed(files):
    path = files("budgets", "stated.csv")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    before = StatedFigure.objects.count()
    run("2021")
    assert StatedFigure.objects.count() == before - 1


BROKEN = {
    "unknown project": (
        "budgets",
        "lines.csv",
        "\n17,1,",
        "\n99,1,",
        "lines.csv · 125줄 · project: 이 계획에 없는 사업 번호입니다: 99",
    ),
    "negative amount": (
        "budgets",
        "lines.csv",
        ",68400000,",
        ",-68400000,",
        "lines.csv · 2줄 · amount_krw: 금액은 0원보다",
    ),
    "formula differs": (
        "budgets",
        "lines.csv",
        ",68400000,",
        ",68400001,",
        "lines.csv · 2줄 · amount_krw: 계산한 68,400,000원과",
    ),
    "thousands group": (
        "budgets",
        "lines.csv",
        '"2,850,000원',
        '"285,0000원',
        "lines.csv · 2줄 · formula: 1번째 항 ‘285,0000원’",
    ),
    "absurd amount": ("budgets", "lines.csv", ",6000000,", ",60000000000000,", "lines.csv · 3줄 · amount_krw: "),
    "31 Feb": (
        "councils",
        "meetings.csv",
        "2019-02-14",
        "2019-02-31",
        "meetings.csv · 13줄 · start_date: 날짜(YYYY-MM-DD)가 아니거나",
    ),
    "unknown body": (
        "councils",
        "bodies.yaml",
        "parent: 금천구협치회의",
        "parent: 없는회의",
        "parent: 상위 기구가 이 파일의 앞쪽에 없습니다",
    ),
    "bad target": (
        "projects",
        "projects/04.yaml",
        "2회 이상",
        "2회 또는 3회",
        "04.yaml · indicators 1 · target_text: 성과목표를 읽을 수 없습니다",
    ),
    "unknown field": ("projects", "projects/04.yaml", "number: 4", "nummer: 4", "04.yaml · nummer: 모르는 항목입니다"),
    "YAML syntax": ("projects", "projects/04.yaml", "aliases:", "aliases: [", "04.yaml · "),
    "unknown side": (
        "projects",
        "projects/04.yaml",
        "side: 주무부서",
        "side: 주관",
        "side: 주무부서 / 협업부서 / 민간주체 가운데",
    ),
    "missing column": ("budgets", "stated.csv", "decimals", "decimal", "stated.csv · 1줄 · decimals: 열이 없습니다."),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_names_file_row_and_field_and_loads_nothing(files, case):
    room, name, old, new, message = BROKEN[case]
    # Another change in an earlier room shows that nothing of the run is kept.
    edit(files("accounts", "dongs.yaml"), "source:", "source: 고침", 1)
    edit(files(room, name), old, new)
    with pytest.raises(CommandError) as error:
        run("2021")
    assert message in str(error.value)
    assert "아무것도 바꾸지 않았습니다." in str(error.value)
    assert not Dong.objects.filter(source__startswith="고침").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04....", "글 파일이 아니라 엑셀·한글 문서입니다."),
        (b"\xff\xfe\x00", "UTF-8 글 파일이 아닙니다"),
        (b"- just\n- a list\n", "'이름: 값' 꼴이 아닙니다"),
        (b"year: 2021\ntitle: x\nstatus: closed\nas_of: 2021-02-31\n", "달력에 없는"),
        (b"!!python/object/apply:os.system ['true']", "YAML 문법이 틀렸습니다"),
        (b"a" * 5_000_001, "파일이 너무 큽니다"),
    ],
)
def test_a_file_that_is_no_yaml_is_refused(files, content, message):
    files("projects", "plan.yaml").write_bytes(content)
    with pytest.raises(CommandError, match="plan.yaml") as error:
        run("2021")
    assert message in str(error.value)


def test_an_unknown_year_is_refused(loaded):
    with pytest.raises(CommandError, match="1999년 계획의 자료가 없습니다."):
        run("1999")


def test_a_duplicate_row_is_refused(files):
    path = files("councils", "meetings.csv")
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text.splitlines()[1] + "\n", encoding="utf-8")
    with pytest.raises(CommandError, match="같은 항목이 두 번 있습니다"):
        run("2021")


def test_the_loader_counts_what_it_does(loaded):
    loader = Loader()
    accounts_loading.load(2021, loader)
    assert loader.changed == 0
    assert Path(accounts_loading.DATA / "2021").is_dir()


def _day(text):
    from datetime import date

    return date.fromisoformat(text)
