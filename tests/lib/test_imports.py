"""Reading a spreadsheet: what is read, what is refused and how it is said."""

import io
import zipfile
from datetime import date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from geumcheon.lib import exports, imports
from geumcheon.lib.imports import Column, Importer

COLUMNS = (
    Column("이름", "name", required=True, example="위원의 이름"),
    Column("날짜", "day", parse=imports.day, example="연-월-일"),
    Column("수", "number", parse=imports.whole, example="몇"),
)
LIST = Importer("x", "목록", COLUMNS, write=lambda values, params: (imports.ADDED, ""), may=lambda user: True)


def upload(content, name="명부.xlsx"):
    return SimpleUploadedFile(name, content)


def xlsx(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return upload(out.getvalue())


def csv(text, encoding="utf-8-sig"):
    return upload(text.encode(encoding), "명부.csv")


def read(file):
    rows, ignored = imports.read(file, LIST)
    return [(row["row"], row["cells"]) for row in rows], ignored


def refusal(file):
    with pytest.raises(ValidationError) as error:
        imports.read(file, LIST)
    return error.value.messages[0]


def test_an_xlsx_gives_its_rows_with_their_line_numbers_and_days_as_text():
    file = xlsx(
        [], ["이 름", "비고", "날짜", "수"], ["가", "x", datetime(2021, 5, 29), 3.0], [None], ["나", None, None, 4]
    )
    assert read(file) == (
        [
            (3, {"name": "가", "day": "2021-05-29", "number": "3"}),
            (5, {"name": "나", "day": "", "number": "4"}),
        ],
        ["비고"],
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_csv_in_each_usual_encoding(encoding):
    assert read(csv("이름,수\r\n가,3\r\n", encoding)) == ([(2, {"name": "가", "number": "3"})], [])


def test_a_formula_counts_with_its_last_value():
    book = Workbook()
    book.active.append(["이름", "수"])
    book.active.append(["가", 7])
    out = io.BytesIO()
    book.save(out)
    parts = {}
    with zipfile.ZipFile(out) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name)
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("<v>7</v>", "<f>3+4</f><v>7</v>").encode()
    assert "<f>" in parts["xl/worksheets/sheet1.xml"].decode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert read(upload(out.getvalue()))[0] == [(2, {"name": "가", "number": "7"})]


def test_the_templates_own_example_is_no_row():
    file = xlsx(LIST.headings(), LIST.example(), ["가", "2021-05-29", 1])
    assert [number for number, _ in read(file)[0]] == [3]
    assert refusal(xlsx(LIST.headings(), LIST.example())) == "제목 줄 아래에 자료가 없습니다."


def test_missing_and_doubled_headings_are_named():
    assert refusal(csv("수,날짜\n1,2")) == "첫 줄에 있어야 할 제목이 없습니다: 이름"
    assert refusal(csv("이름,수,수\n가,1,2")) == "같은 제목의 열이 두 번 있습니다: 수"


def test_exactly_the_most_rows_are_read_and_not_one_more(monkeypatch):
    monkeypatch.setattr(imports, "MAX_ROWS", 3)
    assert len(read(csv("이름\n가\n나\n다"))[0]) == 3
    assert refusal(csv("이름\n가\n나\n다\n라")) == "한 번에 3행까지 올릴 수 있습니다."


def test_two_thousand_rows_are_read():
    assert len(read(csv("이름\n" + "가\n" * 2000))[0]) == 2000
    assert refusal(csv("이름\n" + "가\n" * 2001)) == "한 번에 2,000행까지 올릴 수 있습니다."


def test_a_large_file_is_refused_before_it_is_read():
    class Large:
        size = imports.MAX_BYTES + 1

        def read(self):
            raise AssertionError("read")

    assert refusal(Large()) == "파일이 너무 큽니다(5.0 MB). 5 MB까지 올릴 수 있습니다."


def a_bomb(size):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(size // 1_000_000):
                part.write(b" " * 1_000_000)
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    content = a_bomb(60_000_000)
    assert len(content) < 200_000
    monkeypatch.setattr(imports, "load_workbook", lambda *a, **k: pytest.fail("unpacked"))
    assert refusal(upload(content)) == "압축을 풀면 지나치게 커지는 파일입니다."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "빈 파일입니다."),
        (b"\n\n", "빈 파일입니다."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x", "옛 엑셀(.xls)이나 한글 파일은"),
        (b"PK\x03\x04garbage", "엑셀 파일로 읽을 수 없습니다."),
        (a_bomb(1_000_000), "엑셀 파일로 읽을 수 없습니다."),
        (b"\xff\xfe\x00\x01", "엑셀(.xlsx)이나 CSV 파일이 아닙니다."),
        (b"%PDF-1.4\x00", "엑셀(.xlsx)이나 CSV 파일이 아닙니다."),
    ],
)
def test_what_is_no_list_is_refused_in_words(content, said):
    assert refusal(upload(content)).startswith(said)


@given(st.binary(max_size=200))
def test_no_file_makes_reading_fail_otherwise(content):
    for start in (b"", b"PK\x03\x04"):
        try:
            imports.read(upload(start + content or b"x"), LIST)
        except ValidationError:
            pass


@pytest.mark.parametrize(
    "text", ["2021-05-29", "2021. 5. 29.", "2021.5.29", "2021/05/29", "20210529", "2021. 5. 29.(토)"]
)
def test_days_are_read_as_officials_write_them(text):
    assert imports.day(text) == date(2021, 5, 29)


@pytest.mark.parametrize("text", ["2021-02-30", "5월 29일", "44345", "0001-01-01", "2021-05-29 10:00:00"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValidationError):
        imports.day(text)


def test_text_an_export_made_harmless_comes_back_as_it_was():
    out = io.BytesIO()
    exports.write_xlsx(out, "목록", LIST.headings(), [["=1+1", None, 1]])
    assert read(upload(out.getvalue()))[0] == [(2, {"name": "=1+1", "day": "", "number": "1"})]
