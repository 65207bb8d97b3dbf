"""Stories: the list, a page with its pictures, the feed, the cards, and who sees what is not out yet."""

import io
from datetime import timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from councils.models import Meeting
from forums import story_pages
from forums.models import Story, StoryPicture
from geumcheon.accounts.models import Dong
from geumcheon.lib import clock
from geumcheon.lib.admin_parts import admin_url
from geumcheon.search import index
from projects.models import Project
from tests.forums.events import an_event
from tests.html import elements, queries, texts


def a_story(title="놀이터가 바뀌었습니다", days=0, text="첫 문단\n\n둘째 <b>문단</b>", **links):
    """A story out `days` days ago (None: a draft), linked with the rows named."""
    day = None if days is None else clock.today() - timedelta(days=days)
    story = Story.objects.create(title=title, text=text, published_on=day)
    for name, rows in links.items():
        getattr(story, name).set(rows)
    return story


def a_file(size=(2600, 1300), name="a.jpg"):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0110] = "Phone of somebody"
    Image.new("RGB", size, "green").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def typed(title="새 이야기", pictures=(), initial=0, **more):
    """What the admin's form sends: `pictures` are dicts of the rows."""
    data = {
        "title": title,
        "text": "글",
        "published_on": "",
        "pictures-TOTAL_FORMS": len(pictures),
        "pictures-INITIAL_FORMS": initial,
        **more,
    }
    for at, row in enumerate(pictures):
        data |= {f"pictures-{at}-{name}": value for name, value in {"order": at + 1, **row}.items()}
    return data


def written(client, **fields):
    """A story written in the admin with one picture."""
    picture = {"file": a_file(), "alt": "초록 놀이터", "caption": "새로 연 날", "consent": "보호자 서면 동의"}
    response = client.post(admin_url(Story, "add"), typed(pictures=[picture], **fields))
    assert response.status_code == 302, response.context["errors"]
    return Story.objects.latest("pk")


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


# --- list and page --------------------------------------------------------------------------------------------------


def titles(response):
    return texts(response, "h3")


def test_the_list_shows_what_is_out_newest_first_and_filters(client, loaded):
    gasan = Dong.objects.get(name="가산동")
    a_story("오래된 것", days=3, dongs=[gasan])
    a_story("오늘 것", text="안양천 이야기")
    a_story("초안", days=None)
    a_story("내일 것", days=-1)
    assert titles(client.get("/stories/")) == ["오늘 것", "오래된 것"]
    assert titles(client.get("/stories/", {"dong": "가산동"})) == ["오래된 것"]
    assert titles(client.get("/stories/", {"q": "안양천"})) == ["오늘 것"]
    assert titles(client.get("/stories/", {"year": clock.today().year + 1})) == ["오늘 것", "오래된 것"]  # no such year
    assert "이 조건에 맞는 이야기가 없습니다." in client.get("/stories/", {"q": "없는말"}).content.decode()


def test_no_story_is_said_plainly_and_the_plan_brings_none(client, loaded):
    assert "아직 올린 이야기가 없습니다." in client.get("/stories/").content.decode()
    assert "협치이야기" not in texts(client.get("/"), "h2")


def test_the_list_costs_the_same_for_one_and_three_and_pages_after_twelve(client, loaded):
    a_story("1", dongs=Dong.objects.all())
    one, home = queries(client, "/stories/"), queries(client, "/")
    a_story("2")
    a_story("3", dongs=Dong.objects.all()[:2])
    assert (queries(client, "/stories/"), queries(client, "/")) == (one, home)
    for number in range(10):
        a_story(f"더 {number}", days=1)
    assert titles(client.get("/stories/", {"page": 2})) == ["더 0"]


def test_a_page_has_text_as_text_links_and_neighbours(client, loaded):
    project = Project.objects.published().first()
    meeting = Meeting.objects.published().first()
    before, after = a_story("앞", days=2), a_story("뒤")
    story = a_story("가운데", days=1, projects=[project], meetings=[meeting], dongs=Dong.objects.filter(name="가산동"))
    response = client.get(f"/stories/{story.pk}/")
    assert "둘째 &lt;b&gt;문단&lt;/b&gt;" in response.content.decode()
    (facts,) = elements(response, "dl", "facts")
    assert facts["links"][:2] == [project.get_absolute_url(), meeting.get_absolute_url()]
    (ways,) = elements(response, "nav", "story-ways")
    assert ways["links"] == [before.get_absolute_url(), after.get_absolute_url()]
    for address in (project.get_absolute_url(), meeting.get_absolute_url(), "/dongs/가산동/"):
        assert story.get_absolute_url() in client.get(address).content.decode()
    assert story.get_absolute_url() not in client.get("/dongs/독산1동/").content.decode()


def test_an_event_shows_its_stories_and_no_others(client, loaded):
    event, other = an_event(), an_event("다른 행사")
    bare = queries(client, event.get_absolute_url())
    assert "협치이야기" not in texts(client.get(event.get_absolute_url()), "h2")
    story = a_story("공론장에서 나온 말", events=[event])
    a_story("다른 행사의 것", events=[other])
    a_story("초안", days=None, events=[event])
    a_story("내일 것", days=-1, events=[event])

    def shown():
        found = elements(client.get(event.get_absolute_url()), "section")
        (section,) = [e for e in found if e["attrs"].get("aria-labelledby") == "stories"]
        return section["links"]

    assert shown() == [story.get_absolute_url()]
    for number in range(story_pages.MOST):
        a_story(f"더 {number}", events=[event])
    assert len(shown()) == story_pages.MOST
    assert queries(client, event.get_absolute_url()) == bare


@pytest.mark.parametrize("days", [None, -1])
def test_what_is_not_out_is_seen_by_who_writes_it_alone(client_as, loaded, days):
    story = a_story("숨은 것", days=days, projects=Project.objects.published()[:1], dongs=Dong.objects.all())
    for role in (None, "resident", "member", "officer"):
        assert client_as(role).get(story.get_absolute_url()).status_code == 404
    page = client_as("secretariat").get(story.get_absolute_url()).content.decode()
    assert "미리 보기" in page and 'content="noindex"' in page
    index.rebuild()
    visitor = client_as(None)
    addresses = ("/", "/stories/", "/stories/feed/", "/sitemap-stories.xml", "/search/?q=숨은 것", "/dongs/가산동/")
    for address in (*addresses, story.projects.first().get_absolute_url()):
        assert story.get_absolute_url() not in visitor.get(address).content.decode()


def test_a_story_is_found_and_listed_for_search_engines(client, loaded):
    story = a_story("억새 축제 이야기", days=1)
    index.rebuild()
    assert story.get_absolute_url() in client.get("/search/", {"q": "억새 축제"}).content.decode()
    assert f"{story.get_absolute_url()}</loc>" in client.get("/sitemap-stories.xml").content.decode()


def test_home_shows_the_three_newest_with_their_first_picture(client, client_as, loaded):
    for number in range(3):
        a_story(f"이야기 {number}", days=number + 1)
    newest = written(client_as("secretariat"), title="사진 이야기", published_on=clock.today())
    response = client.get("/")
    cards = elements(response, "li", "story-card")
    assert [card["links"] for card in cards] == [
        [s.get_absolute_url()] for s in (newest, *Story.objects.exclude(pk=newest.pk).order_by("-published_on")[:2])
    ]
    (image,) = [e for e in elements(response, "img") if "/stories/" in e["attrs"]["src"]]
    wanted = {"alt": "초록 놀이터", "width": "2000", "height": "1000", "loading": "lazy"}
    assert {name: image["attrs"][name] for name in wanted} == wanted


# --- pictures -------------------------------------------------------------------------------------------------------


def test_a_picture_is_small_without_metadata_and_needs_an_alt_text(client, client_as, loaded):
    office = client_as("secretariat")
    bare = office.post(admin_url(Story, "add"), typed(pictures=[{"file": a_file(), "alt": ""}]))
    assert bare.status_code == 200 and not Story.objects.exists()
    text = SimpleUploadedFile("a.jpg", b"<script>", "image/jpeg")
    wrong = office.post(admin_url(Story, "add"), typed(pictures=[{"file": text, "alt": "사진"}]))
    assert "사진으로 읽을 수 없는 파일입니다." in wrong.content.decode()
    story = written(office, published_on=clock.today())
    picture = story.pictures.get()
    assert (picture.width, picture.height) == (2000, 1000)
    shown = client.get(picture.get_absolute_url())
    content = b"".join(shown.streaming_content)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert b"Phone of somebody" not in content and Image.open(io.BytesIO(content)).size == (2000, 1000)
    page = client.get(story.get_absolute_url()).content.decode()
    assert "새로 연 날" in page and "보호자 서면 동의" not in page
    share = f'<meta property="og:image" content="http://testserver{picture.get_absolute_url()}">'
    assert share in page and '<meta property="og:image:alt" content="초록 놀이터">' in page


def test_a_draft_s_picture_is_nobody_else_s_and_another_story_s_address_finds_it_not(client, client_as, loaded):
    office = client_as("secretariat")
    picture = written(office).pictures.get()
    other = a_story()
    assert office.get(picture.get_absolute_url()).status_code == 200
    assert client.get(picture.get_absolute_url()).status_code == 404
    assert office.get(f"/stories/{other.pk}/pictures/{picture.pk}.jpg").status_code == 404


def test_a_picture_taken_away_and_a_story_deleted_take_their_files_along(
    client_as, loaded, django_capture_on_commit_callbacks
):
    office = client_as("secretariat")
    story = written(office)
    first = story.pictures.get()
    row = {"id": first.pk, "story": story.pk, "alt": "초록 놀이터", "DELETE": "on"}
    with django_capture_on_commit_callbacks(execute=True):
        fresh = {"file": a_file((30, 20)), "alt": "새 사진"}
        data = typed(pictures=[row, fresh], initial=1)
        assert office.post(admin_url(Story, "change", story.pk), data).status_code == 302
    second = story.pictures.get()
    assert (default_storage.exists(first.file.name), default_storage.exists(second.file.name)) == (False, True)
    with django_capture_on_commit_callbacks(execute=True):
        assert office.post(admin_url(Story, "delete", story.pk), {"post": "yes"}).status_code == 302
    assert not default_storage.exists(second.file.name)
    assert not StoryPicture.objects.exists()
    assert set(Story.history.filter(id=story.pk).values_list("history_type", flat=True)) == {"+", "~", "-"}


@pytest.mark.parametrize("field", ["title", "text"])
def test_a_story_needs_words_and_keeps_what_was_typed(client_as, loaded, field):
    data = typed(title="남는 제목", text="남는 글") | {field: ""}
    response = client_as("secretariat").post(admin_url(Story, "add"), data)
    assert response.status_code == 200 and not Story.objects.exists()
    kept = "남는 글" if field == "title" else "남는 제목"
    assert kept in response.content.decode()
    assert client_as("secretariat").post(admin_url(Story, "add"), typed()).status_code == 302


# --- feed -----------------------------------------------------------------------------------------------------------


def test_the_feed_carries_what_is_out_and_answers_304(client, loaded):
    a_story("나옴", text="하나\x0b & 둘")
    a_story("초안", days=None)
    response = client.get("/stories/feed/")
    items = ElementTree.fromstring(response.content).findall("channel/item")  # noqa: S314 - our own
    assert [item.findtext("title") for item in items] == ["나옴"]
    assert items[0].findtext("description") == "<p>하나 &amp; 둘</p>"
    assert parsedate_to_datetime(items[0].findtext("pubDate")).date() == clock.today()
    again = client.get("/stories/feed/", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304
    a_story("더 나옴")
    assert client.get("/stories/feed/", headers={"if-none-match": response["ETag"]}).status_code == 200


def test_an_empty_feed_is_a_feed(client, loaded):
    response = client.get("/stories/feed/")
    assert response.status_code == 200
    assert ElementTree.fromstring(response.content).findall("channel/item") == []  # noqa: S314 - our own
