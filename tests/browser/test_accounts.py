"""A resident on a phone: signs up, opens the mailed link, is checked by a code from the console, sees it on the own page. Also without script."""

import email
import re

import pytest

from tests.accounts.residents import PASSWORD
from tests.browser.conftest import AXE
from tests.browser.look import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mails(settings, tmp_path):
    """What the portal mails, as files: the server runs in another thread."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.TEXT_BACKEND = "console"
    return tmp_path


@pytest.mark.parametrize("script", [True, False])
def test_from_sign_up_to_a_checked_resident(loaded, live_server, chromium, mails, capfd, script):
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, base_url=live_server.url, locale="ko-KR", java_script_enabled=script
    )
    if script:
        context.add_init_script(path=str(AXE))
    page = context.new_page()
    complaints = []
    page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))

    page.goto("/accounts/login/")
    page.get_by_role("main").get_by_role("link", name="회원가입").click()
    assert look(page) == []
    page.fill("#id_email", "phone@example.org")
    page.fill("#id_name", "휴대전화 이웃")
    page.fill("#id_password1", PASSWORD)
    page.fill("#id_password2", PASSWORD)
    page.check("#id_consent")
    page.click("text=가입하고 편지 받기")
    assert page.locator("text=만 14세 이상만 가입할 수 있습니다.").is_visible()
    page.fill("#id_password1", PASSWORD)
    page.fill("#id_password2", PASSWORD)
    page.check("#id_age")
    page.click("text=가입하고 편지 받기")
    page.wait_for_url("**/signup/done/")
    assert look(page) == []

    (letter,) = mails.iterdir()
    text = email.message_from_string(letter.read_text()).get_payload(decode=True).decode()
    page.goto(re.search(r"/accounts/address/\S+", text)[0])
    assert look(page) == []
    page.get_by_role("button", name="가입 마치기").click()
    page.wait_for_url("**/my/")
    assert look(page) == []

    page.get_by_role("link", name="주민 확인하기").click()
    assert look(page) == []
    page.check("input[name=basis][value=residence]")
    page.select_option("#id_dong", label="독산1동")
    page.fill("#id_number", "010-2345-6789")
    capfd.readouterr()
    page.click("text=확인 번호 받기")
    page.wait_for_url("**/verify/code/")
    code = re.search(r"확인 번호 (\d{6})", capfd.readouterr().out)[1]
    page.fill("#id_code", f"{(int(code) + 1) % 1_000_000:06d}")
    page.get_by_role("button", name="확인하기").click()
    assert page.locator("text=4번 더 적을 수 있습니다").is_visible()
    assert look(page) == []
    page.fill("#id_code", code)
    page.get_by_role("button", name="확인하기").click()
    page.wait_for_url("**/my/")
    assert page.locator("text=독산1동").first.is_visible()
    assert look(page) == []
    for path in ("/my/leave/", "/my/email/", "/my/name/", "/my/verify/paper/"):
        page.goto(path)
        assert look(page) == []
    assert complaints == []
    context.close()
