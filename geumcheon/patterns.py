"""/patterns/: every part of the public pages once, with sample data. Shown only where DEBUG is on."""

from datetime import date
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.contrib.messages.constants import ERROR, INFO, SUCCESS, WARNING
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render

from geumcheon.lib import charts
from geumcheon.lib.charts import steps

SAMPLE = "견본"
TODAY = date(2030, 6, 10)  # a year without a plan, so that no sample is taken for a fact
BODIES = (
    "금천구 견본 추진단 및 가나·다라분과",
    "마바·사아분과",
    "자차환경·카타분과",
    "파하·건강분과",
    "가나·다라분과",
    "청년·견본일자리분과",
)
# Names of 17 sample projects by body, from short to long, with amounts in 천원.
PROJECTS = (
    (("견본 제도 구축", 250_000), ("견본 문화 조성", 80_000), ("견본을 통한 주민참여제 활성화", 10_000)),
    (("견본형 마을돌봄 모형 마련을 위한 연구용역", 40_000), ("친환경 견본환경 조성", 70_000)),
    (
        ("어두운 견본시장 길 밝히기", 50_000),
        ("주민이 함께하는 안전한 견본 놀이터", 60_000),
        ("냇가에서 견본!(견본 생태탐방로 조성)", 120_000),
        ("야간 안전한 견본길 만들기", 40_000),
    ),
    (
        ("똑똑한 기술을 활용한 견본의 안전사고 예방", 20_000),
        ("세대융합 견본 사업", 30_000),
        ("견본인식 개선교육", 10_000),
        ("아름다운 견본, 나눔 박람회", 15_000),
        ("우리 동네 견본", 8_000),
    ),
    (("주민이 만드는 견본 이야기", 35_000), ("견본 주차 모임 운영", 50_000)),
    (("청년과 함께하는 활기찬 견본길 만들기", 60_000),),
)
# Amounts in 천원 of each body by 편성목, in the order of BODIES; each row sums to the body's projects.
BUDGET_GROUPS = (
    "인건비", "일반운영비", "업무추진비", "일반보전금", "포상금", "자산취득비", "연구개발비", "자치단체 등 이전", "시설비 및 부대비", "일반보상금", "민간이전",
)  # fmt: skip
SPENT = (
    (140_000, 170_000, 15_000, 8_000, 5_000, 2_000, 0, 0, 0, 0, 0),
    (0, 3_000, 2_000, 0, 0, 0, 35_000, 70_000, 0, 0, 0),
    (0, 66_000, 3_800, 0, 0, 0, 0, 0, 200_000, 200, 0),
    (0, 5_000, 1_000, 0, 0, 0, 0, 0, 0, 0, 77_000),
    (0, 43_700, 1_000, 0, 0, 0, 40_000, 0, 0, 300, 0),
    (0, 28_000, 1_000, 0, 0, 3_000, 0, 0, 28_000, 0, 0),
)
DISTRICT_MONEY = 50_000  # 천원, all of it for the first body
MEETINGS = (3, 6, 8, 12, 15, 9, 7, 2, 5, 8, 10, 4, 2, 4, 0, 0, 7, 9, 6, 1)
PEOPLE = (30, 75, 120, 150, 240, 130, 80, 25, 60, 95, 310, 50, 20, 45, 0, 0, 90, 110, 70, 12)


class SampleForm(forms.Form):
    """A form with one field of each kind, filled in wrongly."""

    title = forms.CharField(label="과제명", max_length=60, help_text="60자 이내로 적어 주세요.")
    body = forms.ChoiceField(label="담당 분과", choices=[("", "선택해 주세요"), *((name, name) for name in BODIES)])
    amount = forms.IntegerField(label="신청 예산(원)", max_value=50_000_000, help_text="쉼표 없이 원 단위로 적습니다.")
    goal = forms.CharField(label="추진 목표", widget=forms.Textarea(attrs={"rows": 3}))
    starts_on = forms.DateField(label="시작일", widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(label="사업 유형", choices=[("new", "신규"), ("kept", "계속")], widget=forms.RadioSelect)
    dongs = forms.MultipleChoiceField(
        label="대상 동",
        choices=[("a", "가동"), ("b", "나동"), ("c", "다동")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    file = forms.FileField(label="붙임 파일", help_text="hwpx, xlsx, pdf · 20MB 이하", required=False)
    agreed = forms.BooleanField(label="제출한 계획이 누리집에 공개되는 것에 동의합니다.")

    def clean(self):
        self.add_error(None, "과제당 신청 한도(50,000,000원)를 넘었습니다. 예산을 조정해 주세요.")
        return super().clean()


class SampleFilter(forms.Form):
    """Filters as lists have them."""

    q = forms.CharField(label="찾는 말", required=False)
    body = forms.ChoiceField(label="분과", choices=[("", "모두"), *((name, name) for name in BODIES)], required=False)
    year = forms.ChoiceField(label="연도", choices=[("", "모두"), ("2030", "2030")], required=False)
    in_use = True


def _groups():
    number, groups = 0, []
    for body, projects in zip(BODIES, PROJECTS, strict=True):
        items = []
        for name, thousands in projects:
            number += 1
            items.append(charts.Item(name, thousands * 1000, url=f"#sample-{number}", code=str(number)))
        groups.append(charts.Group(body, items))
    return groups


def _flow():
    """재원 → 추진분과 → 편성목 of the sample."""
    city = [charts.Link("시비", body, sum(row) * 1000) for body, row in zip(BODIES, SPENT, strict=True)]
    city[0] = charts.Link("시비", BODIES[0], (sum(SPENT[0]) - DISTRICT_MONEY) * 1000)
    spent = [
        charts.Link(body, group, thousands * 1000)
        for body, row in zip(BODIES, SPENT, strict=True)
        for group, thousands in zip(BUDGET_GROUPS, row, strict=True)
        if thousands
    ]
    columns = [("재원", ("시비", "구비")), ("추진분과", BODIES), ("편성목", BUDGET_GROUPS)]
    return charts.Flow(
        title="돈이 오는 곳과 가는 곳(견본)",
        lead="띠의 굵기가 금액입니다.",
        columns=[charts.FlowColumn(label, [charts.Node(name, name) for name in names]) for label, names in columns],
        steps=[[*city, charts.Link("구비", BODIES[0], DISTRICT_MONEY * 1000)], spent],
    )


def pictures():
    """The sample charts by name."""
    groups = _groups()
    sums = [charts.Item(group.label, group.value) for group in groups]
    district = [DISTRICT_MONEY * 1000] + [0] * (len(BODIES) - 1)
    stacks = [charts.StackRow(g.label, [g.value - money, money]) for g, money in zip(groups, district, strict=True)]
    capital = sum(row[8] + row[5] for row in SPENT) * 1000
    months = [charts.Item(f"{m}월", 0, code=f"{y}년") for y in (2029, 2030) for m in range(1, 13)][: len(MEETINGS)]
    return {
        "treemap": charts.Treemap(
            title="사업 17개의 크기(견본)", lead="네모의 넓이가 사업비입니다.", groups=groups, noun="사업", head="사업"
        ),
        "bars": charts.BarChart(title="추진분과별 예산(견본)", items=sums, head="추진분과"),
        "stacked": charts.StackedBars(
            title="추진분과별 시비와 구비(견본)", parts=["시비", "구비"], rows=stacks, head="추진분과"
        ),
        "whole": charts.StackedBars(
            title="경상과 자본(견본)", parts=["경상", "자본"], same_length=True,
            rows=[charts.StackRow("총사업비", [sum(i.value for i in sums) - capital, capital])],
        ),
        "columns": charts.Columns(
            title="달마다 연 회의와 참석(견본)", head="달", items=months,
            panels=[charts.Panel("회의", list(MEETINGS)), charts.Panel("참석", list(PEOPLE), charts.PEOPLE)],
        ),
        "changes": charts.DivergingBars(
            title="두 판의 차이(견본)", head="사업", before_head="처음 판", after_head="지금 판",
            rows=[
                charts.Change("견본 조성", 50_000_000, 70_000_000), charts.Change("견본 알리미", 30_000_000, None, mark="빠짐"),
                charts.Change("견본 모임", 20_000_000, 15_000_000), charts.Change("새 견본", None, 10_000_000, mark="새로"),
            ],
        ),
        "flow": _flow(),
        "empty": charts.BarChart(title="아직 수가 없는 그림(견본)", items=[charts.Item("견본", 0)]),
    }  # fmt: skip


def _lines():
    """The year's line while a step runs, and closed."""
    year = [
        charts.Step("의제 발굴", "1월 ~ 5월", date(2030, 1, 1), date(2030, 5, 31)),
        charts.Step("숙의와 적합성 검토", "5월 ~ 6월", date(2030, 5, 1), date(2030, 6, 5)),
        charts.Step("협치론장", "6월 10일", date(2030, 6, 10)),
        charts.Step("주민투표", "7월", date(2030, 7, 1), date(2030, 7, 31)),
        charts.Step("계획 수립과 제출", "8월", date(2030, 8, 1), date(2030, 8, 31)),
        charts.Step("협의조정", "9월", date(2030, 9, 1), date(2030, 9, 30)),
    ]
    return {
        "running": charts.CycleLine.on(TODAY, label="진행 중인 한 해(견본)", steps=year),
        "closed": charts.CycleLine.on(
            TODAY, label="마감한 한 해(견본)", steps=year, status="2030 계획 · 마감", closed=True
        ),
    }


class SampleKind(str):
    """A kind of meeting as the rows of meetings know it: a text that also has a name."""

    name = property(str.__str__)


def _meetings():
    return [
        SimpleNamespace(
            starts_on=date(2030, 6, day), ends_on=None, attendees=people, agenda=f"견본 안건 {day}", kind=SampleKind("분과회의"),
            counterpart=body, session_label="", place="견본 회의실", get_absolute_url="#meetings",
        )
        for day, people, body in ((10, 12, BODIES[1]), (3, 9, BODIES[2]))
    ]  # fmt: skip


def _notices():
    """(open, newest) notices as overview.py hands them to the home page."""
    kinds = (
        ("주민투표", "견본 의제 주민투표", date(2030, 6, 12), "D-2", True),
        ("제안 공모", "견본 의제 공모", None, "", False),
    )
    running = [
        SimpleNamespace(title=title, last_day=day, deadline=left, soon=soon, address="#notices", get_kind_display=kind)
        for kind, title, day, left, soon in kinds
    ]
    newest = [
        SimpleNamespace(title=f"견본 소식 {day}", published_on=date(2030, 6, day), address="#notices") for day in (9, 2)
    ]
    return running, newest


def _ways():
    """The ways to take part: two open, one not."""
    states = (("제안", "진행 중", "#notices"), ("투표", "D-2", "#notices"), ("모집", "지금 없음", ""))
    return [{"label": label, "state": state, "url": url, "open": bool(url)} for label, state, url in states]


MESSAGES = [
    Message(INFO, "투표가 7월 1일에 열립니다."),
    Message(SUCCESS, "저장했습니다."),
    Message(WARNING, "마감까지 이틀 남았습니다."),
    Message(ERROR, "저장하지 못했습니다. 아래 내용을 확인해 주세요."),
]
SECTIONS = (
    ("colours", "색"),
    ("buttons", "단추와 링크"),
    ("chips", "표식"),
    ("messages", "알림"),
    ("form", "양식과 오류"),
    ("search-box", "찾는 칸"),
    ("filters", "거르는 칸"),
    ("tables", "표"),
    ("cards", "카드와 수"),
    ("lists", "목록"),
    ("notices", "소식과 참여"),
    ("lines", "한 해의 선과 단계"),
    ("charts", "그림"),
    ("empty", "빈 자리"),
    ("pages", "쪽 이동"),
    ("contents", "차례"),
    ("dialogs", "대화 상자"),
    ("formula", "산출식과 접기"),
)
# Names of portal.css with their values: a drawing cannot take a colour from a style sheet without a class of its own.
COLOURS = (
    ("primary-5", "#ecf2fe"),
    ("primary-50", "#256ef4"),
    ("primary-60", "#0b50d0"),
    ("primary-70", "#083891"),
    ("gray-5", "#f4f5f6"),
    ("gray-20", "#cdd1d5"),
    ("gray-60", "#58616a"),
    ("gray-90", "#1e2124"),
    ("success-60", "#267337"),
    ("warning-70", "#614100"),
    ("danger-60", "#bd2c0f"),
    ("info-60", "#096ab3"),
)


def patterns(request):
    """Every part once; 404 unless DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    form = SampleForm(
        {"title": "찾아가는 견본 발굴단", "amount": "62000000", "goal": "", "starts_on": "", "dongs": ["a"]}
    )
    form.is_valid()
    paginator = Paginator(range(1, 101), 10)
    running, newest = _notices()
    context = {
        "sections": SECTIONS,
        "colours": COLOURS,
        "sample_messages": MESSAGES,
        "form": form,
        "filter_form": SampleFilter(auto_id="filter_%s"),
        "groups": _groups(),
        "meetings": _meetings(),
        "running": running,
        "notices": newest,
        "ways": _ways(),
        "pictures": pictures(),
        "lines": _lines(),
        "stages": [
            charts.Step(
                "계획 수립",
                "1월 ~ 2월",
                chip="준비",
                state=steps.DONE,
                tasks=("세부 계획을 세웁니다.", "협력 단체를 정합니다."),
            ),
            charts.Step("추진", "3월 ~ 10월", chip="추진", state=steps.CURRENT, tasks=("분과회의를 다달이 엽니다.",)),
            charts.Step("평가와 환류", "11월", chip="평가", state=steps.NEXT),
        ],
        "page": paginator.page(4),
        "page_range": paginator.get_elided_page_range(4, on_each_side=1, on_ends=1),
    }
    return render(request, "patterns/patterns.html", context)
