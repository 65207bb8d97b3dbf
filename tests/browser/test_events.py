"""An event from its announcement to the project's indicators: the office on a PC, residents on phones. Once more without script."""

import email
import email.header
import re
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import time_machine
from django.utils import timezone

from forums import tasks
from forums.models import Event, Survey
from geumcheon.lib import clock
from projects.models import Indicator, IndicatorSource, Plan, Project
from tests.browser.test_accounts import mails  # noqa: F401 - the fixture
from tests.browser.test_log import look_at_widths, opened, sign_in
from tests.conftest import PASSWORD
from tests.connections import off_the_loop
from tests.forums.events import a_kind, registered
from tests.forums.ladders import a_secretary

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "골목 놀이터 공론장"
CONTACT = "phone@example.org"


def an_indicator(project, provider, **fields):
    order = project.indicators.count() + 1
    made = Indicator.objects.create(project=project, order=order, phase="성과평가", objective="x", **fields)
    IndicatorSource.objects.create(indicator=made, provider=provider, own_project=True, reason="시험")


@pytest.fixture
def office(loaded, transactional_db):
    """The secretariat's account, a project of tomorrow's plan that counts gatherings and asks for 70 % satisfied, and tomorrow."""
    begins = (timezone.localtime(clock.now()) + timedelta(days=1)).replace(hour=14, minute=0, second=0, microsecond=0)
    plan = Plan.objects.create(year=begins.year, title="시험 계획", status="published")
    group = plan.groups.create(name="부문", order=1)
    project = Project.objects.create(plan=plan, number=1, name="시험 사업", group=group)
    an_indicator(project, "events", name="공론장", target_text="1회 이상")
    an_indicator(
        project, "satisfaction", name="만족도", target_text="70% 이상", comparator=">=", target_value=70, unit="%", combine="share",
    )  # fmt: skip
    a_kind()
    user = a_secretary()
    user.set_password(PASSWORD)
    user.save()
    return SimpleNamespace(name=user.username, project=project, begins=begins)


class Tabs:
    """The office's screen and the residents' phones; what the pages looked like and what the browser complained about."""

    def __init__(self, chromium, base, script):
        self.chromium, self.base, self.script = chromium, base, script
        self.found, self.complaints = {}, []

    def tab(self, width):
        page = opened(self.chromium, self.base, width, java_script_enabled=self.script)
        page.on("console", lambda m: m.type in ("error", "warning") and self.complaints.append(m.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def look(self, page, what):
        """320, 390 and 1280 px; afterwards the page is a phone's again."""
        if lines := look_at_widths(page):
            self.found[what] = lines


def letters(folder, words):
    """{address: text} of the mails that were sent about something."""
    found = {}
    for file in sorted(folder.iterdir()):
        for raw in re.split(r"^-{79}$", file.read_text(), flags=re.MULTILINE):
            mail = email.message_from_string(raw.lstrip("\n"))
            subject = str(email.header.make_header(email.header.decode_header(mail["Subject"] or "")))
            if words in subject:
                found[mail["To"]] = mail.get_payload(decode=True).decode()
    return found


def own_path(letter):
    """The path of the person's own page, whatever host the portal is told to be."""
    return urlsplit(re.search(r"https?://\S+/forums/own/\S+", letter)[0]).path


def indicator(page, project, order):
    """(its value, whether it names the event) of a project's indicator as everybody reads it."""
    page.goto(f"/projects/{project.plan.year}/{project.number}/indicators/{order}/")
    text = page.inner_text("main")
    return re.search(r"\n값\n(.+)\n", text)[1], TITLE in text


# --- the steps ----------------------------------------------------------------------------------------------------
def announce(tabs, desk, office):
    """A new event of the project, made and announced at the desk; its number."""
    desk.goto("/desk/events/")
    tabs.look(desk, "desk")
    desk.click("main a:has-text('새 행사')")
    tabs.look(desk, "new event")
    desk.fill("#id_title", TITLE)
    desk.select_option("#id_kind", label="시험 공론장")
    desk.select_option("#id_project", value=str(office.project.pk))
    desk.fill("#id_starts_at", f"{office.begins:%Y-%m-%dT%H:%M}")
    desk.fill("#id_ends_at", f"{office.begins + timedelta(hours=2):%Y-%m-%dT%H:%M}")
    desk.fill("#id_place", "구청 대강당")
    desk.fill("#id_capacity", "20")
    desk.click("button:has-text('만들기')")
    desk.wait_for_selector("text=행사를 만들었습니다")
    desk.click("button:has-text('안내하기')")
    desk.wait_for_selector("text=이제 신청을 받습니다")
    tabs.look(desk, "people, empty")
    return int(re.search(r"/desk/events/(\d+)/", desk.url)[1])


def register(tabs, phone):
    """From the list of events to the own page; a mistake first, which loses nothing. The own path."""
    phone.goto("/forums/")
    tabs.look(phone, "events")
    phone.click(f"main a:has-text('{TITLE}')")
    tabs.look(phone, "event")
    phone.fill("#id_name", "휴대전화 주민")
    phone.fill("#id_contact", CONTACT)
    phone.click("button:has-text('신청하기')")
    phone.wait_for_selector("text=동의해야 신청할 수 있습니다.")
    tabs.look(phone, "event, refused")
    assert phone.input_value("#id_contact") == CONTACT
    phone.check("#id_agree")
    phone.click("button:has-text('신청하기')")
    phone.wait_for_selector("text=자리가 있습니다")
    assert phone.is_visible(".event-qr-box svg")
    tabs.look(phone, "own page")
    return urlsplit(phone.url).path


def check_in(tabs, desk, pk, scanned):
    """One by the address in the QR code, the others from the list."""
    desk.goto(scanned.replace("/own/", "/check-in/"))
    tabs.look(desk, "scan")
    desk.click("button:has-text('왔음')")
    desk.wait_for_selector("text=1번을 온 것으로 확인했습니다.")
    tabs.look(desk, "scanned")
    desk.goto(f"/desk/events/{pk}/")
    for line in range(2, 6):
        desk.click(f"#r{line} button:has-text('왔음')")
        desk.wait_for_selector(f"text={line}번을 온 것으로 확인했습니다.")
    tabs.look(desk, "people")


def close(tabs, desk):
    """The event ends, with a record started in the log."""
    desk.click("main a:has-text('행사 마치기')")
    desk.check("[name=bodies] >> nth=0")
    tabs.look(desk, "close")
    desk.click("button:has-text('마치기')")
    desk.wait_for_selector("text=행사를 마쳤습니다.")
    assert "작성 중" in desk.inner_text("main") or desk.is_visible(".facts a[href^='/meetings/']")


def start_survey(tabs, desk, office):
    """The survey with its two usual questions, open until three days after."""
    desk.click("main a:has-text('설문')")
    tabs.look(desk, "survey desk, empty")
    desk.click("main a:has-text('설문 만들기')")
    tabs.look(desk, "survey form")
    desk.fill("#id_last_day", f"{office.begins + timedelta(days=3):%Y-%m-%d}")
    desk.click("button:has-text('저장')")
    desk.wait_for_selector("text=설문을 저장했습니다.")
    desk.click("button:has-text('설문 시작')")
    desk.wait_for_selector("text=설문을 시작하고")
    tabs.look(desk, "survey desk")


def answer(phone, own, points, words="", look=lambda what: None):
    """From the own page to the thanks; the POSTs' headers: (Origin, Referer) of each."""
    sent = []
    phone.goto(own)
    look("own page, survey")
    with phone.expect_request(lambda request: request.method == "POST") as start:
        phone.click("button:has-text('설문에 답하기')")
    sent.append(start.value.all_headers())
    phone.wait_for_selector("button:has-text('답 보내기')")
    look("survey")
    phone.click("button:has-text('답 보내기')")  # nothing picked yet
    phone.wait_for_selector("text=골라 주세요.")
    look("survey, refused")
    phone.check(f"input[name=q1][value='{points}']")
    phone.fill("#id_q2", words)
    with phone.expect_request(lambda request: request.method == "POST") as last:
        phone.click("button:has-text('답 보내기')")
    sent.append(last.value.all_headers())
    phone.wait_for_selector("text=답을 받았습니다.")
    look("survey, done")
    return [(headers["origin"], headers["referer"]) for headers in sent]


@pytest.mark.parametrize("script", [True, False])
def test_from_the_announcement_to_the_projects_indicators(office, chromium, live_server, mails, script):  # noqa: F811
    tabs = Tabs(chromium, live_server.url, script)
    desk, phone = tabs.tab(1280), tabs.tab(390)
    assert indicator(phone, office.project, 1) == ("없음", False)
    sign_in(desk, office.name)
    pk = announce(tabs, desk, office)
    own = register(tabs, phone)
    off_the_loop(lambda: registered(Event.objects.get(pk=pk), 4))
    assert own_path(letters(mails, "신청을 받았습니다")[CONTACT]) == own

    off_the_loop(tasks.remind_events)
    reminders = letters(mails, "곧 열립니다")
    assert len(reminders) == 5
    assert own_path(reminders[CONTACT]) == own

    with time_machine.travel(office.begins + timedelta(hours=2, minutes=5), tick=True):
        sign_in(desk, office.name)  # that of yesterday is over
        check_in(tabs, desk, pk, own)
        close(tabs, desk)
        assert indicator(phone, office.project, 1) == ("1회", True)
        desk.goto(f"/desk/events/{pk}/")
        start_survey(tabs, desk, office)
        asked = letters(mails, "설문에 답해 주세요")
        assert len(asked) == 5
        paths = [own_path(text) for _, text in sorted(asked.items())]
        assert own in paths
        for path, points in zip(paths, (5, 4, 4, 5, 2), strict=True):
            look = (lambda what: tabs.look(phone, what)) if path == own else (lambda what: None)
            headers = answer(phone, path, points, "그늘이 있으면 좋겠습니다.", look)
            # The POST names the portal, so that the CSRF check lets it in; nobody's secret address goes along.
            assert headers[0] == (live_server.url, live_server.url + "/")
            assert headers[1][0] == live_server.url
        phone.goto(own)
        assert not phone.is_visible("button:has-text('설문에 답하기')")
        assert indicator(phone, office.project, 2) == ("없음", False)

        desk.goto(f"/desk/events/{pk}/survey/")
        desk.click("button:has-text('지금 마감')")
        desk.wait_for_selector("text=설문을 마감했습니다.")
        tabs.look(desk, "survey desk, closed")
        assert indicator(phone, office.project, 2) == ("80%", True)
        tabs.look(phone, "indicator")
        phone.click(f"main a:has-text('{TITLE}')")
        assert "80" in phone.inner_text("section[aria-labelledby=survey]")
        tabs.look(phone, "event, closed")
        assert off_the_loop(lambda: Survey.objects.get(event=pk).answers.count()) == 5
    assert tabs.found == {}
    assert tabs.complaints == []
