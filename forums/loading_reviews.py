"""The reviews, shared amounts and field checks of loaded proposals."""

from dataclasses import dataclass

from forums.models import AmountShare, FieldCheck, Outcome, Review
from geumcheon.lib.loading import yaml_records

REVIEW_FIELDS = (
    "stage", "outcome", "amount_krw", "share", "department", "body", "body_text", "meeting", "on", "reason", "source",
)  # fmt: skip
CHECK_FIELDS = ("on", "people", "meeting", "findings", "source")


@dataclass(frozen=True)
class Known:
    """Rows that data files name: stages by (channel code, code), meetings by `year-no`, shared amounts by key, the rest by name."""

    stages: dict
    departments: dict
    bodies: dict
    meetings: dict
    shares: dict

    @staticmethod
    def named(record, field, name, rows):
        """The row of that name, None for ""; raises LoadError for an unknown one."""
        if name and name not in rows:
            raise record.error(field, f"모르는 이름입니다: {name}")
        return rows.get(name)

    def department(self, record, field):
        return self.named(record, field, record.text(field), self.departments)

    def body(self, record, field):
        return self.named(record, field, record.text(field), self.bodies)

    def meeting(self, record, field):
        return self.named(record, field, record.text(field), self.meetings)

    def stage(self, record, field, channel):
        key = channel, record.text(field, True)
        if key not in self.stages:
            raise record.error(field, f"이 경로에 없는 단계입니다: {key[1]}")
        return self.stages[key]


def shares(path, loader):
    """{key: AmountShare} of the amounts that several proposals share; one without a source was made in the portal and stays."""
    keys, rows = [], []
    for r in yaml_records(path, ("key", "label", "amount_krw", "source")):
        keys.append(r.text("key", True))
        fields = {"amount_krw": r.integer("amount_krw", True), "source": r.text("source", True)}
        rows.append((r, {"label": r.text("label", True), **fields}))
    made = loader.upsert(AmountShare.objects.exclude(source=""), ["label"], rows, prune=False)
    return dict(zip(keys, made.values(), strict=True))


def load(records, proposals, call, loader, known):
    """Upsert the reviews and field checks of a call's proposals ({number: Proposal}); those that people wrote are not touched."""
    channel, reviews, checks = call.channel.code, [], []
    for r in records:
        proposal = proposals[r.integer("number")]
        for s in r.records("reviews", REVIEW_FIELDS):
            fields = {name: s.text(name) for name in ("body_text", "reason")}
            fields |= {"stage": known.stage(s, "stage", channel), "outcome": s.choice("outcome", Outcome.values)}
            fields |= {
                "amount_krw": s.integer("amount_krw"),
                "share": known.named(s, "share", s.text("share"), known.shares),
            }
            fields |= {"department": known.department(s, "department"), "body": known.body(s, "body")}
            fields |= {"meeting": known.meeting(s, "meeting"), "on": s.day("on"), "source": s.text("source", True)}
            reviews.append((s, {"proposal": proposal, **fields}))
        for s in r.records("checks", CHECK_FIELDS):
            fields = {"people": s.integer("people"), "findings": s.text("findings"), "source": s.text("source", True)}
            checks.append(
                (s, {"proposal": proposal, "on": s.day("on", True), "meeting": known.meeting(s, "meeting"), **fields})
            )
    owned = Review.objects.filter(proposal__call=call, by__isnull=True).exclude(source="")
    loader.upsert(owned, ["proposal", "stage"], reviews)
    owned = FieldCheck.objects.filter(proposal__call=call, by__isnull=True).exclude(source="")
    loader.upsert(owned, ["proposal", "on"], checks)
