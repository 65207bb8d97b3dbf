"""Every page of the table of addresses in a real browser, as who may see it: at 1280, 390 and 320 px, with text twice as large, without
motion. axe-core finds nothing, nothing is blocked, nothing is cut and nothing scrolls sideways.

Each page is loaded once and the window resized: no script of the portal asks for its width.
"""

from io import BytesIO

import pytest
from PIL import Image

from projects.models import VisitPhoto
from tests.browser import discovered
from tests.browser.look import CUT, MOVING, SMOOTH
from tests.test_roles import rows  # noqa: F401 - the fixture: one row of each thing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LARGE, AS_SET = ("document.documentElement.style.fontSize = '200%'", "document.documentElement.style.fontSize = ''")
PICTURE = BytesIO()
Image.new("RGB", (40, 30), "green").save(PICTURE, "JPEG")


@pytest.fixture
def house(rows, client_as, live_server, settings):  # noqa: F811
    """(paths for everybody, {role: paths}, {role: cookie}, paths in the admin). Read before the browser starts: its event loop forbids queries."""
    for photo in VisitPhoto.objects.all():  # the row's picture gets its file
        path = settings.MEDIA_ROOT / photo.file.name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(PICTURE.getvalue())
    everybodys, by_role = discovered.everybodys(client_as(None)), discovered.signed_in(client_as)
    in_admin = discovered.in_admin(client_as("secretariat"))
    return everybodys, by_role, discovered.cookies(client_as, live_server.url), in_admin


def problems_of(shown, path):
    """What is wrong with a page at all its sizes, as lines."""
    tab, found = shown.tab, []

    def measure(when):
        wide = shown.overflow()
        found.extend([f"{when}: {wide} px too wide"] if wide else [])
        found.extend(f"{when}: cut {cut}" for cut in tab.evaluate(CUT))

    def size(width, when=""):
        tab.set_viewport_size({"width": width, "height": 900})
        measure(f"{width}{when}")

    tab.emulate_media(reduced_motion="no-preference")
    tab.set_viewport_size({"width": 1280, "height": 900})
    found += shown.complaints if shown.open(path) == 200 else []
    measure(1280)
    found += [f"1280: {v}" for v in shown.violations()]
    tab.evaluate(LARGE)
    measure("1280 with large text")
    size(320, " with large text")
    tab.evaluate(AS_SET)
    size(320)
    size(390)
    found += [f"390: {v}" for v in shown.violations()]
    tab.emulate_media(reduced_motion="reduce")
    moving = tab.evaluate(MOVING)
    found += [f"moves: {moving}"] if moving or tab.evaluate(SMOOTH) == "smooth" else []
    return [f"{path}: {line}" for line in found]


def test_every_page_that_everybody_sees(house, live_server, tab):
    paths, *_ = house
    assert len(paths) > 70
    shown = tab(1280, base=live_server.url)
    problems = [problem for path in paths for problem in problems_of(shown, path)]
    assert problems == [], "\n".join(problems)


def test_every_page_of_who_is_signed_in(house, live_server, tab):
    _, by_role, cookies, _ = house
    assert set(by_role) == {"resident", "officer", "secretariat"} and sum(map(len, by_role.values())) > 25
    problems = []
    for role, paths in by_role.items():
        shown = tab(1280, base=live_server.url)
        shown.context.add_cookies([cookies[role]])
        problems += [f"{role}: {problem}" for path in paths for problem in problems_of(shown, path)]
    assert problems == [], "\n".join(problems)


def test_every_page_of_our_own_in_the_admin(house, live_server, tab):
    *_, cookies, paths = house
    assert len(paths) > 25
    shown, problems = tab(1280, base=live_server.url), []
    shown.context.add_cookies([cookies["secretariat"]])
    for path in paths:
        assert shown.open(path) == 200
        for width in (1280, 390):
            shown.tab.set_viewport_size({"width": width, "height": 900})
            wide = shown.overflow()
            found = [*shown.violations(), *([f"{wide} px too wide"] if wide else [])]
            problems += [f"{path} at {width}: {line}" for line in found]
        shown.tab.set_viewport_size({"width": 1280, "height": 900})
    assert problems == [], "\n".join(problems)
