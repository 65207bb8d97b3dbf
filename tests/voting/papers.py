"""A round with papers, three clerks with a browser of their own, and what they type."""

from django.test import Client

from geumcheon.accounts.models import Role, User
from tests.voting.booth import cast_some, make_round
from voting import actions, paper_batches, paper_count
from voting.models import PaperBatch, Round

PEOPLE = [f"010-5555-{number:04}" for number in range(1, 10)]
BLANK, OVER = "blank", "over"


def people(number=3):
    """So many of the secretariat."""
    return [
        User.objects.create_user(f"clerk-{n}", f"clerk-{n}@example.org", role=Role.SECRETARIAT)
        for n in range(1, number + 1)
    ]


class Clerk:
    """One of the secretariat in a browser without script."""

    def __init__(self, round, user):
        self.base, self.user, self.client = f"/votes/{round.slug}/paper/", user, Client()
        self.client.force_login(user)
        self.page = None

    @property
    def html(self):
        return self.page.content.decode()

    def get(self, path=""):
        self.page = self.client.get(self.base + path)
        return self.html

    def post(self, path="", **data):
        """Send a form; True when the page moved on. What is refused stands in `html`."""
        self.page = self.client.post(self.base + path, data)
        moved = self.page.status_code == 302
        if moved:
            self.page = self.client.get(self.page["Location"])
        return moved

    def hand(self, identity, **more):
        return self.post("hand/", **({"identity": identity, "basis": "residence", "seen": "on"} | more))

    def type(self, order, number, sheet, reading, **more):
        """A sheet: a list of numbers, or why it is void."""
        void = isinstance(reading, str)
        data = {
            "sheet": sheet,
            "picks": "" if void else " ".join(map(str, reading)),
            "void": reading if void else "",
        }
        return self.post(f"{order}/{number}/enter/", **(data | more))

    def type_all(self, order, number, readings):
        for sheet, reading in enumerate(readings, 1):
            assert self.type(order, number, sheet, reading), self.html

    def settle(self, order, number, sheet, reading, reason="종이를 다시 보았습니다"):
        void = isinstance(reading, str)
        data = {"picks": "" if void else " ".join(map(str, reading)), "void": reading if void else "", "reason": reason}
        return self.post(f"{order}/{number}/{sheet}/", **data)

    def close(self, order, number):
        self.post(f"{order}/{number}/", do="close")
        return PaperBatch.objects.get(contest__order=order, number=number).is_done


def clerks(round, number=3):
    return [Clerk(round, user) for user in people(number)]


def a_paper_round(web=3, struck=2, **fields):
    """A real, open round with papers: so many web votes, so many people struck; the round."""
    round_ = make_round(has_paper=True, **fields)
    cast_some(round_, web)
    if struck:
        staff = Clerk(round_, User.objects.create_user("counter", "counter@example.org", role=Role.SECRETARIAT))
        for identity in PEOPLE[:struck]:
            assert staff.hand(identity), staff.html
    return round_


def closed(round_):
    """The round after closing, waiting for its papers; it keeps its shares."""
    shares = round_.shares
    actions.close_round(round=round_, early=True)
    round_ = Round.objects.get(pk=round_.pk)
    round_.shares = shares
    return round_


def a_batch(round_, papers, order=1, by=None):
    contest = round_.contests.get(order=order)
    return paper_batches.add_batch(contest=contest, papers=papers, by=by or people(1)[0])


def counted(round_, staff, readings, **count):
    """Everything of one paper by actions: a batch of the readings, entered twice alike and closed, and its count."""
    first, second = staff[:2]
    order = count.pop("order")
    contest = round_.contests.get(order=order)
    if readings:
        batch = paper_batches.add_batch(contest=contest, papers=len(readings), by=first)
        for user in (first, second):
            for sheet, reading in enumerate(readings, 1):
                void = reading if isinstance(reading, str) else ""
                numbers = [] if void else reading
                paper_batches.enter(batch=batch, sheet=sheet, numbers=numbers, void=void, by=user)
        paper_batches.close_batch(batch=batch, by=first)
    numbers = {"issued": len(readings), "spoilt": 0, "returned": 0, "missing": 0} | count
    paper_count.record(contest=contest, by=first, **numbers)
