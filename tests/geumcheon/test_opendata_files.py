"""Open data, the files: writers, addresses with ETag, the command, the zip, the catalogue page and DCAT."""

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import repeat

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from budgets import rollups
from budgets.models import BudgetLine
from geumcheon.accounts.models import ExportJob
from geumcheon.lib import exports
from geumcheon.opendata import files, fingerprint, views
from geumcheon.opendata.datasets import DATASETS
from projects.models import Plan, Stage
from tests.geumcheon.test_opendata import CONTRACT, grow, published

NAMES = list(CONTRACT)
EVERY_FILE = sorted(f"{name}.{suffix}" for name in CONTRACT for suffix in ("json", "csv"))


# --- writers ------------------------------------------------------------------------------------------------------

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12),
    st.dates(),
    st.lists(st.text(max_size=4), max_size=2),
    st.text(alphabet=st.sampled_from("=+-@＝가a1,;\"'\r\n\t "), max_size=4),
)


@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine draws slowly
@given(st.lists(st.tuples(VALUES, VALUES, st.text(max_size=3)), max_size=6))
def test_csv_column_by_column_equals_cell_by_cell(rows):
    expected = io.StringIO(newline="")
    writer = csv.writer(expected)
    writer.writerow(("하나", "둘", "셋"))
    writer.writerows([exports.csv_value(value) for value in row] for row in rows)
    assert "".join(exports.stream_csv(("하나", "둘", "셋"), rows)) == "\ufeff" + expected.getvalue()


@given(st.lists(st.tuples(st.integers(), st.text(max_size=3)), max_size=6))
def test_json_is_one_object_a_line(rows):
    text = "".join(exports.stream_json(("number", "text"), rows))
    assert json.loads(text) == [{"number": number, "text": words} for number, words in rows]
    assert text.count("\n{") == len(rows)


@pytest.mark.parametrize("batch", [exports.BATCH - 1, exports.BATCH, exports.BATCH + 1, 2 * exports.BATCH])
def test_every_row_is_written_whatever_the_batch(batch):
    rows = [(n,) for n in range(batch)]
    assert [row["n"] for row in json.loads("".join(exports.stream_json(("n",), rows)))] == list(range(batch))
    assert "".join(exports.stream_csv(("n",), rows)).split() == ["\ufeffn", *map(str, range(batch))]


def test_values_json_cannot_say_are_refused():
    assert exports.json_value(Decimal("62.20")) == 62.2
    assert exports.json_value(datetime(2021, 5, 29, 1, 2)) == exports.csv_value(datetime(2021, 5, 29, 1, 2))
    assert exports.json_value(date(2021, 5, 29)) == "2021-05-29"
    with pytest.raises(TypeError):
        exports.json_value(object())


@pytest.mark.parametrize("suffix", ["json", "csv"])
def test_files_stream(suffix):
    """The first piece comes before an endless list has ended."""
    endless = repeat(tuple(range(8)))
    pieces = files.FORMATS[suffix](replace(DATASETS["stages"], rows=lambda: endless))
    assert sum(len(next(pieces)) for _ in range(20)) < 1_000_000


# --- addresses ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("suffix", "kind"), [("json", "application/json"), ("csv", "text/csv; charset=utf-8")])
def test_a_file_has_type_name_tag_and_is_open_to_other_sites(client, loaded, suffix, kind):
    response = client.get(f"/open-data/budget_lines.{suffix}")
    assert response.status_code == 200
    assert response.streaming
    assert response["Content-Type"] == kind
    assert response["Content-Disposition"] == f'attachment; filename="budget_lines.{suffix}"'
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, no-cache"
    assert re.fullmatch(rf'"[0-9a-f]{{24}}\.{suffix}"', response["ETag"])
    assert "Set-Cookie" not in response
    assert not response.has_header("Vary")


@pytest.mark.parametrize("address", ["nope.json", "nope.csv", "plans.xlsx", "plans", "PLANS.json", "../plans.json"])
def test_an_unknown_list_is_not_found(client, loaded, address):
    assert client.get(f"/open-data/{address}").status_code == 404


@pytest.mark.parametrize("address", ["plans.json", "plans.csv", "catalog.jsonld", ""])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nothing_can_be_written(client, loaded, address, method):
    assert getattr(client, method)(f"/open-data/{address}").status_code == 405


def test_options_lets_other_sites_ask_with_a_tag(client, loaded):
    response = client.options("/open-data/plans.json")
    assert (response.status_code, response.content) == (204, b"")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Access-Control-Allow-Headers"] == "If-None-Match"


def test_head_says_what_get_says_and_reads_no_rows(client, rf, loaded):
    got = client.get("/open-data/meetings.csv")
    assert client.head("/open-data/meetings.csv").headers == got.headers
    # The test client empties the answer itself; a server may not, so the view must not even make the pieces.
    assert list(views.download(rf.head("/"), name="meetings", suffix="csv").streaming_content) == []
    assert list(views.download(rf.get("/"), name="meetings", suffix="csv").streaming_content) != []


@pytest.mark.parametrize("method", ["get", "head"])
def test_the_tag_saves_the_download_until_something_changes(client, loaded, method):
    ask = getattr(client, method)
    tag = client.get("/open-data/budget_lines.json")["ETag"]
    unchanged = ask("/open-data/budget_lines.json", headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged["ETag"] == tag
    assert unchanged["Access-Control-Allow-Origin"] == "*"
    # By SQL, past every history and every save(): the tag must still change.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE budgets_budgetline SET amount_krw = amount_krw + 1 WHERE project_id = %s", [_project_id()]
        )
    changed = ask("/open-data/budget_lines.json", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed["ETag"] != tag


def _project_id():
    return Plan.objects.get(year=2021).projects.get(number=1).pk


def test_the_tag_of_one_format_is_not_that_of_the_other(client, loaded):
    tag = client.get("/open-data/plans.json")["ETag"]
    assert client.get("/open-data/plans.csv", headers={"If-None-Match": tag}).status_code == 200


def test_a_change_elsewhere_leaves_the_tag(client, loaded):
    tag = client.get("/open-data/meetings.json")["ETag"]
    BudgetLine.objects.all().update(amount_krw=1)
    assert client.get("/open-data/meetings.json")["ETag"] == tag


@pytest.mark.parametrize("name", NAMES)
def test_the_tag_covers_every_table_the_rows_are_read_from(loaded, name):
    dataset = DATASETS[name]
    with CaptureQueriesContext(connection) as queries:
        list(dataset.rows())
    read = {table for query in queries for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', query["sql"])}
    assert read == {model._meta.db_table for model in dataset.tables}


def test_the_digest_sees_inserts_updates_and_deletes(loaded):
    stages = DATASETS["stages"]
    seen = [fingerprint.of(stages)["stages"]]
    assert fingerprint.of(stages)["stages"] == seen[0]
    first, second = Stage.objects.filter(project__number=4).order_by("order")[:2]
    for change in (
        lambda: Stage.objects.filter(pk=first.pk).update(title="다른 제목"),
        lambda: Stage.objects.filter(pk=second.pk).update(title=first.title, tasks=first.tasks),
        lambda: Stage.objects.create(project=first.project, order=99, title="새 단계"),
        lambda: Stage.objects.filter(order=99).delete(),
        lambda: Stage.objects.filter(pk=first.pk).delete(),
    ):
        change()
        seen.append(fingerprint.of(stages)["stages"])
    assert seen[3] != seen[2] == seen[4]  # the same rows again, the same digest again
    assert len(set(seen)) == 5


@pytest.mark.parametrize("role", [None, "resident", "officer", "secretariat"])
def test_everybody_gets_the_same(client_as, role):
    grow(1, status="draft")
    assert [row["year"] for row in published(client_as(role), "plans")] == [2021]


# --- the command --------------------------------------------------------------------------------------------------


def test_the_command_writes_every_file_and_says_how_many_rows(client, loaded, tmp_path, capsys):
    call_command("export_open_data", str(tmp_path / "new" / "place"))
    written = tmp_path / "new" / "place"
    assert sorted(path.name for path in written.iterdir()) == EVERY_FILE
    for name in EVERY_FILE:
        assert (written / name).read_bytes() == b"".join(client.get(f"/open-data/{name}").streaming_content)
    printed = capsys.readouterr().out.splitlines()
    assert printed[:-1] == [f"{name}: {dataset.count():,}행" for name, dataset in DATASETS.items()]
    assert "budget_lines: 132행" in printed


def test_the_command_writes_the_same_bytes_again(loaded, tmp_path):
    call_command("export_open_data", str(tmp_path), verbosity=0)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    call_command("export_open_data", str(tmp_path), verbosity=0)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first


def test_a_file_is_replaced_whole_or_not_at_all(loaded, tmp_path, monkeypatch):
    call_command("export_open_data", str(tmp_path), verbosity=0)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def breaks():
        yield (2021, "제목", "closed", 1, 1, 2, None)
        raise RuntimeError("the database went away")

    monkeypatch.setitem(DATASETS, "plans", replace(DATASETS["plans"], rows=breaks))
    with pytest.raises(RuntimeError):
        call_command("export_open_data", str(tmp_path), verbosity=0)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_place_that_cannot_be_written_is_named_in_korean(loaded, tmp_path):
    occupied = tmp_path / "file"
    occupied.write_text("here")
    for place in (occupied, occupied / "below"):
        with pytest.raises(CommandError) as refused:
            call_command("export_open_data", str(place))
        assert str(refused.value) == f"{place}에 쓸 수 없습니다: 폴더가 아니라 파일입니다."
        assert refused.value.returncode == 1
    (tmp_path / "out" / "plans.csv").mkdir(parents=True)
    with pytest.raises(CommandError, match="파일이 들어갈 자리에 폴더가 있습니다"):
        call_command("export_open_data", str(tmp_path / "out"))
    assert occupied.read_text() == "here"


def test_the_zip_holds_the_same_files(client, loaded, tmp_path):
    steps = []
    files.write_zip(tmp_path / "all.zip", lambda done, total: steps.append((done, total)))
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == EVERY_FILE
        assert json.loads(archive.read("plans.json")) == published(client, "plans")
    assert steps == [(n, len(EVERY_FILE)) for n in range(1, len(EVERY_FILE) + 1)]


def test_everything_comes_as_one_zip_made_once_for_the_same_rows(
    client, loaded, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    with django_capture_on_commit_callbacks(execute=True):
        asked = client.get("/open-data/all/")
    job = ExportJob.objects.get()
    assert (asked.status_code, asked["Location"]) == (302, f"/exports/{job.token}/")
    assert (job.kind, job.state, job.user) == ("open_data", "done", None)
    assert "열린 데이터 모음" in client.get(asked["Location"]).content.decode()
    got = client.get(f"/exports/{job.token}/file")
    with zipfile.ZipFile(io.BytesIO(b"".join(got.streaming_content))) as archive:
        assert sorted(archive.namelist()) == EVERY_FILE
    assert client.get("/open-data/all/")["Location"] == asked["Location"]
    Stage.objects.filter(project__number=1).update(title="다른 제목")
    assert client.get("/open-data/all/")["Location"] != asked["Location"]
    assert client.post("/open-data/all/").status_code == 405
    assert ExportJob.objects.count() == 2


# --- the catalogue ------------------------------------------------------------------------------------------------


def test_the_page_describes_and_links_every_list(client, loaded):
    response = client.get("/open-data/")
    assert response.status_code == 200
    page = response.content.decode()
    for name, dataset in DATASETS.items():
        assert f'href="/open-data/{name}.csv"' in page
        assert f'href="/open-data/{name}.json"' in page
        assert dataset.title in page
        assert dataset.description in page
        for column in dataset.columns:
            assert escape(column.note) in page
    assert [(entry.dataset.name, entry.rows) for entry in response.context["entries"]] == [
        (name, dataset.count()) for name, dataset in DATASETS.items()
    ]
    lines = next(entry for entry in response.context["entries"] if entry.dataset.name == "budget_lines")
    assert {column.key: values for column, values in lines.columns}["order"] == [1, 2, 3]
    assert lines.changed == BudgetLine.history.latest("history_date").history_date


def test_the_page_follows_a_change_at_once(client, loaded):
    def rows(name):
        return {entry.dataset.name: entry.rows for entry in client.get("/open-data/").context["entries"]}[name]

    before = rows("stages")
    Stage.objects.create(project=loaded.projects.get(number=1), order=99, title="새 단계")
    assert rows("stages") == before + 1


def test_the_page_escapes_what_people_wrote(client, loaded):
    first = Stage.objects.order_by("project__number", "order").first()
    Stage.objects.filter(pk=first.pk).update(title="<script>alert(1)</script>")
    page = client.get("/open-data/").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_the_page_of_no_data_is_a_page(client, loaded):
    Plan.objects.update(status="draft")
    response = client.get("/open-data/")
    assert response.status_code == 200
    assert {entry.dataset.name: entry.rows for entry in response.context["entries"]}["projects"] == 0


def test_queries_of_the_page_do_not_grow_with_the_rows(client, loaded):
    Plan.objects.filter(year=2021).update(status="draft")
    counts = []
    for number in (1, 3):
        grow(number)
        with CaptureQueriesContext(connection) as queries:
            client.get("/open-data/")
        counts.append(len(queries))
        with CaptureQueriesContext(connection) as again:
            client.get("/open-data/")
        assert len(again) <= len({model for dataset in DATASETS.values() for model in dataset.tables})
    assert counts[0] == counts[1]


def test_dcat_lists_the_same_with_working_addresses(client, loaded):
    response = client.get("/open-data/catalog.jsonld")
    assert response["Content-Type"] == "application/ld+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    catalog = json.loads(response.content)
    assert catalog["@type"] == "dcat:Catalog"
    assert [dataset["dct:identifier"] for dataset in catalog["dcat:dataset"]] == list(DATASETS)
    assert "license" not in response.content.decode()  # no document states one
    for dataset in catalog["dcat:dataset"]:
        assert dataset["@type"] == "dcat:Dataset"
        kinds = [
            distribution["dcat:mediaType"]["@id"].split("media-types/")[1]
            for distribution in dataset["dcat:distribution"]
        ]
        assert kinds == ["application/json", "text/csv"]
        for distribution in dataset["dcat:distribution"]:
            address = distribution["dcat:downloadURL"]["@id"]
            assert address.startswith("http://testserver/open-data/")
            assert client.head(address.removeprefix("http://testserver")).status_code == 200


def test_stored_sums_that_are_stored_again_change_the_tag_of_what_shows_them(client, loaded):
    BudgetLine.objects.filter(project__number=1, order=1).update(amount_krw=1)
    stale = client.get("/open-data/budget_items.json")["ETag"]
    rollups.refresh(loaded)
    assert client.get("/open-data/budget_items.json")["ETag"] != stale
    assert published(client, "budget_items")[0]["total_krw"] == 141_764_000 - 68_400_000 + 1
