"""Bodies, meetings and the library in the admin."""

import pytest

from councils import actions
from councils.models import Body, BodySeat, Document, Meeting, MeetingKind
from geumcheon.lib.admin_parts import admin_url
from tests.admin_data import add_row, errors_of, form_data
from tests.html import elements, texts


@pytest.fixture
def council(loaded):
    return Body.objects.get(name="금천구협치회의")


def page(client, row):
    url = admin_url(type(row), "change", row.pk)
    return url, form_data(client.get(url), type(row))


def values(row):
    """Every field of a row, its links and what hangs on it."""
    found = [type(row).objects.filter(pk=row.pk).values().get()]
    for relation in row._meta.related_objects:
        if relation.one_to_many and relation.on_delete.__name__ == "CASCADE":
            found.append(list(getattr(row, relation.get_accessor_name()).order_by("pk").values()))
    return found + [sorted(getattr(row, f.name).values_list("pk", flat=True)) for f in row._meta.many_to_many]


@pytest.mark.parametrize("model", [Body, Meeting, Document, MeetingKind])
def test_loaded_rows_can_be_saved_as_shown(client_as, loaded, model):
    client = client_as("secretariat")
    for row in model.objects.order_by("pk")[:20]:
        before = values(row)
        url, data = page(client, row)
        assert client.post(url, data).status_code == 302
        assert values(row) == before


def test_a_body_has_its_seats_rules_offices_and_terms_in_sections(client_as, council):
    response = client_as("officer").get(admin_url(Body, "change", council.pk))
    assert texts(response, "nav", cls="sections") == ["기본 다른 이름 1 자리 3 운영 규칙 17 직 6 임기 3"]
    ids = {e["attrs"].get("id") for e in elements(response, "h2")}
    assert {link[1:] for link in elements(response, "nav", cls="sections")[0]["links"]} <= ids


def test_a_seat_is_added(client_as, council):
    client = client_as("secretariat")
    url, data = page(client, council)
    fields = {"count": "2", "minimum": "", "maximum": "", "renewal_gap_days": "30"}
    add_row(data, "seats", order="", kind="기타", label="참관", **fields)
    assert client.post(url, data).status_code == 302
    assert (BodySeat.objects.get(label="참관").order, BodySeat.objects.get(label="참관").body) == (4, council)


def test_a_seat_whose_least_is_more_than_its_most_is_refused(client_as, council):
    client = client_as("secretariat")
    url, data = page(client, council)
    fields = {"count": "", "minimum": "9", "maximum": "5", "renewal_gap_days": "30"}
    add_row(data, "seats", order="", kind="기타", label="참관", **fields)
    assert errors_of(client.post(url, data)) == {"seats-3-__all__": ["최소가 최대보다 클 수 없습니다."]}


def test_a_term_ends_after_it_starts(client_as, council):
    client = client_as("secretariat")
    url, data = page(client, council)
    add_row(data, "terms", label="거꾸로", seat_kind="", starts_on="2021-05-29", ends_before="2021-05-29")
    assert errors_of(client.post(url, data)) == {"terms-3-__all__": ["종료일은 시작일보다 뒤여야 합니다."]}


# --- the tree ---
@pytest.fixture
def chain(loaded):
    """Three bodies, each under the one before."""
    made = [Body.objects.create(name="가", kind="task_force")]
    for name in "나다":
        made.append(Body.objects.create(name=name, kind="task_force", parent=made[-1]))
    return made


def test_a_body_may_hang_under_another(client_as, chain, council):
    client = client_as("secretariat")
    url, data = page(client, chain[0])
    assert client.post(url, data | {"parent": council.pk}).status_code == 302
    assert Body.objects.get(name="가").parent == council


@pytest.mark.parametrize("under", [0, 1, 2])
def test_a_circle_in_the_tree_is_refused_at_the_parent(client_as, chain, under):
    client = client_as("secretariat")
    url, data = page(client, chain[0])
    response = client.post(url, data | {"parent": chain[under].pk})
    message = f"‘{chain[under]}’은(는) 이 기구이거나 그 아래에 있어 상위 기구가 될 수 없습니다."
    assert message in errors_of(response)["parent"]
    assert Body.objects.get(name="가").parent is None


def test_the_action_refuses_a_circle_too(chain):
    chain[0].parent = chain[2]
    with pytest.raises(actions.ValidationError):
        actions.save_body(body=chain[0])


def test_a_body_with_meetings_is_protected(client_as, council):
    response = client_as("secretariat").post(admin_url(Body, "delete", council.pk), {"post": "yes"})
    assert "보호되는 것이 있어 지울 수 없습니다" in response.content.decode()
    assert Body.objects.filter(pk=council.pk).exists()


# --- meetings ---
def test_the_log_shows_days_bodies_and_wrong_weekdays(client_as, loaded):
    client = client_as("officer")
    response = client.get(admin_url(Meeting), {"weekday": "no"})
    assert texts(response, "th", cls="field-label") == ["2020-4", "2019-31", "2019-22", "2019-21", "2019-16"]
    assert [t[:2] for t in texts(response, "td", cls="field-weekday_check")] == ["다름"] * 5
    assert len(texts(client.get(admin_url(Meeting), {"weekday": "yes", "all": ""}), "th", cls="field-label")) == 114


def test_a_meeting_keeps_its_bodies_and_gets_another(client_as, council):
    client = client_as("secretariat")
    meeting = Meeting.objects.get(year=2020, no=26)
    url, data = page(client, meeting)
    assert data["bodies"] == str(council.pk)
    other = Body.objects.get(name="교육·문화분과")
    assert client.post(url, data | {"bodies": [council.pk, other.pk]}).status_code == 302
    assert set(meeting.bodies.all()) == {council, other}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("starts_on", "2020-02-31", "올바른 날짜를 입력하세요."),
        ("starts_on", "0001-01-01", "1900년부터 2199년 사이의 날을 적어 주세요."),
        ("starts_on", "9999-12-31", "1900년부터 2199년 사이의 날을 적어 주세요."),
        ("ends_on", "2020-08-05", "마지막 날은 첫날보다 뒤여야 합니다."),
        ("attendees", "-1", "0 이상의 값을 입력해 주세요."),
        ("no", "0", "1 이상의 값을 입력해 주세요."),
        ("no", "10000", "9999 이하의 값을 입력해 주세요."),
        ("no", "25", "그해에 같은 번호의 회의가 있습니다."),
        ("year", "99999", "2099 이하의 값을 입력해 주세요."),
    ],
)
def test_what_cannot_be_is_refused_in_korean(client_as, loaded, field, value, message):
    client = client_as("secretariat")
    meeting = Meeting.objects.get(year=2020, no=26)
    url, data = page(client, meeting)
    response = client.post(url, data | {field: value})
    assert [m for messages in errors_of(response).values() for m in messages] == [message]
    assert form_data(response, Meeting)[field] == value


def test_an_officer_writes_nothing_of_the_council(client_as, council):
    url, data = page(client_as("secretariat"), council)
    assert client_as("officer").post(url, data | {"vision": "몰래"}).status_code == 403
    council.refresh_from_db()
    assert council.vision == ""


def test_a_document_with_an_article(client_as, loaded):
    client = client_as("secretariat")
    document = Document.objects.first()
    url, data = page(client, document)
    add_row(data, "articles", number="제1조", title="목적", summary="")
    assert client.post(url, data).status_code == 302
    assert document.articles.get(number="제1조").title == "목적"
