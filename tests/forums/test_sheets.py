"""검토 목록 as a sheet and back: what is in it, how it prints, each refusal of the import."""

import io
import shutil
import subprocess

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from forums.models import Proposal, ProposalState, Review
from tests.forums.ladders import a_meeting, a_proposal, a_secretary, an_officer
from tests.html import texts

pytestmark = pytest.mark.django_db
SHEET = "/desk/proposals/sheet.xlsx"
SAID = "사업효과성: 좋음, 밤길이 밝아짐\n수혜범위: 보통"


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def the_sheet(client, **filters):
    filters = {"q": "골목길", **filters}
    return load_workbook(io.BytesIO(client.get(SHEET, filters).content))


def fill(book, row, **cells):
    """Type into a row by the first letters of the headings."""
    sheet = book.active
    heads = {cell.value: cell.column for cell in sheet[1]}
    for name, value in cells.items():
        column = next(col for head, col in heads.items() if head.startswith(name))
        sheet.cell(row, column).value = value
    return book


def upload(client, book):
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("검토 목록.xlsx", out.getvalue())
    return client.post(reverse("imports:upload", args=["reviews"]), {"file": file}, follow=True)


def apply(client, page):
    return client.post(page.request["PATH_INFO"] + "apply", follow=True)


def test_the_sheet_holds_the_queue_with_what_is_to_be_filled_in():
    proposal = a_proposal(title="=1+1 골목길")
    a_proposal(department="환경과")
    sheet = the_sheet(signed_in(an_officer())).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == (
        "연번", "제안 열쇠", "제안사업명", "단계", "검토부서", "신청 사업비(천원)", "조정 사업비(천원)", "결과", "검토 기준", "의견", "기한",
    )  # fmt: skip
    assert len(rows) == 2
    assert rows[1][:8] == (1, f"{proposal.pk}-1", "'=1+1 골목길", "부서 검토", "마을자치과", 50_000, None, None)
    assert rows[1][8] == "사업효과성: \n수혜범위: "
    (choices,) = sheet.data_validations.dataValidation
    assert choices.formula1 == '"적정,조건부적정,부적정"'
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$1:$1"


def test_a_filled_sheet_is_shown_and_then_written():
    one, two, empty = a_proposal(), a_proposal(), a_proposal()
    client = signed_in(an_officer())
    book = the_sheet(client)
    fill(book, 2, 결과="적정", 조정=40_000, **{"검토 기준": SAID})
    fill(book, 3, 결과="부적정", 의견="겹치는 사업", **{"검토 기준": SAID})
    page = upload(client, book)
    assert texts(page, "dd")[:4] == ["0행", "2행", "1행", "0행"]
    assert not Review.objects.filter(proposal__in=[one, two]).exists()
    done = apply(client, page)
    assert "반영했습니다." in done.content.decode()
    made = {r.proposal_id: r for r in Review.objects.filter(proposal__in=[one, two, empty])}
    assert (made[one.pk].outcome, made[one.pk].amount_krw, made[one.pk].by.role) == ("fit", 40_000_000, "officer")
    assert list(made[one.pk].answers.values_list("answer", "note")) == [("good", "밤길이 밝아짐"), ("fair", "")]
    assert made[two.pk].reason == "겹치는 사업"
    two.refresh_from_db()
    assert two.state == ProposalState.ENDED
    assert empty.pk not in made


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"결과": "합격"}, "2행 ‘결과’"),
        ({"결과": "선정"}, "2행 ‘결과’: ‘부서 검토’ 단계에서 고를 수 있는 결과가 아닙니다."),
        ({"결과": "적정", "조정": "40,00"}, "2행 ‘조정 사업비(천원)’: 천원 단위의 수로"),
        ({"결과": "적정"}, "2행 ‘조정 사업비(천원)’: ‘부서조정’ 금액을 적어 주세요."),
        ({"결과": "부적정"}, "2행 ‘의견’: 공개하는 이유를 적어 주세요."),
        (
            {"결과": "적정", "조정": 1, "검토 기준": "사업효과성: 좋음"},
            "2행 ‘검토 기준’: 검토 기준에 모두 답해 주세요: 수혜범위",
        ),
        ({"결과": "적정", "조정": 1, "검토 기준": "사업효과성: 훌륭"}, "2행 ‘검토 기준’: 사업효과성: 좋음 / 보통"),
        ({"결과": "적정", "조정": 1, "검토 기준": "맛: 좋음"}, "2행 ‘검토 기준’: 이 단계의 검토 기준이 아닙니다: 맛"),
        ({"제안 열쇠": "x"}, "2행 ‘제안 열쇠’: 받은 목록의 값 그대로"),
        ({"제안 열쇠": "999999-1"}, "2행 ‘제안 열쇠’: 검토할 수 있는 제안이 아닙니다."),
        ({"제안사업명": "다른 이름"}, "2행 ‘제안사업명’: 제안 열쇠와 맞지 않습니다."),
    ],
)
def test_errors_name_row_and_column_and_nothing_is_written(cells, says):
    proposal, client = a_proposal(), signed_in(an_officer())
    page = upload(client, fill(the_sheet(client), 2, **{"검토 기준": SAID, **cells}))
    assert says in page.content.decode()
    apply(client, page)
    assert not Review.objects.filter(proposal=proposal).exists()


def test_what_somebody_decided_meanwhile_is_named():
    proposal, client = a_proposal(), signed_in(an_officer())
    book = fill(the_sheet(client), 2, 결과="적정", 조정=1, **{"검토 기준": SAID})
    Proposal.objects.filter(pk=proposal.pk).update(version=4)
    assert "2행 ‘제안 열쇠’: 그사이" in upload(client, book).content.decode()


def test_another_departments_row_is_refused_and_residents_import_nothing(client_as):
    proposal = a_proposal()
    book = fill(the_sheet(signed_in(a_secretary())), 2, 결과="적정", 조정=1, **{"검토 기준": SAID})
    stranger = signed_in(an_officer("환경과"))
    assert "검토할 수 있는 제안이 아닙니다" in upload(stranger, book).content.decode()
    assert upload(client_as("resident"), book).status_code == 403
    assert client_as("member").get(SHEET).status_code == 403
    assert not Review.objects.filter(proposal=proposal).exists()


def test_a_bodys_decision_comes_in_with_its_meeting():
    proposal, client = a_proposal("screening"), signed_in(a_secretary())
    meeting, body = a_meeting()
    book = the_sheet(client)
    for column, (head, value) in enumerate({"기구": body.name, "회의": f"{meeting.year}-{meeting.no}"}.items(), 12):
        book.active.cell(1, column).value, book.active.cell(2, column).value = head, value
    apply(client, upload(client, fill(book, 2, 결과="선정", 조정="100,000")))
    review = Review.objects.get(proposal=proposal)
    assert (review.meeting, review.body, review.amount_krw) == (meeting, body, 100_000_000)


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_prints_it_one_page_wide(tmp_path):
    for number in range(30):
        a_proposal(title=f"골목길 {number} 안양천에서 놀자(안양천 생태탐방로 조성)을 위한 긴 이름의 제안")
    (tmp_path / "sheet.xlsx").write_bytes(signed_in(a_secretary()).get(SHEET, {"q": "골목길"}).content)
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "sheet.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    pages = (tmp_path / "sheet.pdf").read_bytes().count(b"/Type/Page/") or (tmp_path / "sheet.pdf").read_bytes().count(
        b"/Type /Page\n"
    )
    assert pages < 8
