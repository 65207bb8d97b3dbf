"""Pabulib's `.pb` files (http://pabulib.org/format): META, PROJECTS and VOTES, separated by semicolons. Approval and choose-1 are read and written."""

import csv
import io
import re
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from voting.counting.errors import PabulibError

SECTIONS = ("META", "PROJECTS", "VOTES")
NEEDED = ("budget", "vote_type")  # what counting cannot do without; the format names more, and not every file has them
KINDS = ("approval", "choose-1")
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?|[0-9]+,[0-9]{1,2}")  # some districts write a decimal comma
WHOLE = re.compile(r"[0-9]+")


class Pabulib(NamedTuple):
    """A file: meta as {key: text}, projects and votes as [{column: text}]. Unknown keys and columns stay as they are."""

    meta: dict
    projects: list
    votes: list

    def budget(self):
        return amount(self.meta["budget"])

    def costs(self):
        """{project id: cost}; whole numbers as int, others as exact fractions."""
        return {row["project_id"]: amount(row["cost"]) for row in self.projects}

    def picks(self):
        """[tuple of project ids] in the order of votes."""
        return [split_picks(row["vote"]) for row in self.votes]


def amount(text):
    """A sum of money as int, or as Fraction where it has decimals."""
    value = Fraction(text.replace(",", "."))
    return int(value) if value.denominator == 1 else value


def split_picks(text):
    return tuple(pick.strip() for pick in text.split(",") if pick.strip())


class _Reader:
    """Lines of a file with their numbers; complains with line and column."""

    def __init__(self, text):
        self.sections = {}
        self.heads = {}
        section = None
        rows = _rows(text.removeprefix("\ufeff"))
        last = rows[-1][1] if rows else 0
        for line, _, row in rows:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if cells[0].upper() in SECTIONS and not any(cells[1:]):
                section = self._open(cells[0].upper(), line)
            elif section is None:
                fail(line, 1, "META로 시작해야 합니다")
            elif section not in self.heads:
                self.heads[section] = self._head(section, cells, line)
            else:
                self.sections[section].append((line, cells))
        for section in SECTIONS:
            if section not in self.heads:
                fail(last + 1, 1, f"{section} 부분이나 그 머리글이 없습니다")

    def _open(self, section, line):
        if section in self.sections or section != SECTIONS[len(self.sections)]:
            fail(line, 1, f"{section} 부분의 차례가 맞지 않습니다. META, PROJECTS, VOTES 차례로 한 번씩 씁니다")
        self.sections[section] = []
        return section

    def _head(self, section, cells, line):
        needed = {"META": ("key", "value"), "PROJECTS": ("project_id", "cost"), "VOTES": ("voter_id", "vote")}[section]
        names = [cell.lower() for cell in cells]
        for column, name in enumerate(names, 1):
            if not name or name in names[: column - 1]:
                fail(line, column, "머리글이 비었거나 겹칩니다")
        for name in needed:
            if name not in names:
                fail(line, len(names) + 1, f"{section}의 머리글에 {name}이(가) 없습니다")
        return names

    def rows(self, section):
        """(line, {column: text}) of a section."""
        head = self.heads[section]
        for line, cells in self.sections[section]:
            while len(cells) > len(head) and not cells[-1]:
                cells = cells[:-1]
            if len(cells) > len(head) and section == "META":
                cells = [*cells[: len(head) - 1], ";".join(cells[len(head) - 1 :])]  # a note written without quotes
            if len(cells) > len(head):
                fail(line, len(head) + 1, f"칸이 {len(head)}개보다 많습니다")
            yield line, dict(zip(head, [*cells, *[""] * (len(head) - len(cells))], strict=True))

    def column(self, section, name):
        return self.heads[section].index(name) + 1


def _rows(text):
    """[(first line, last line, cells)] of the text."""
    rows, found, last = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True), [], 0
    try:
        for row in rows:
            found.append((last + 1, rows.line_num, row))
            last = rows.line_num
    except csv.Error:
        return list(_rows_by_line(text))
    return found


def _rows_by_line(text):
    """As _rows, for files that put quotes around a part of a cell: "Park" by the river. Each line stands for itself then."""
    for number, line in enumerate(text.splitlines(), 1):
        try:
            list(csv.reader([line], delimiter=";", strict=True))
        except csv.Error as error:
            if "end of data" in str(error):
                fail(number, 1, "따옴표가 맞지 않습니다")
        yield number, number, next(csv.reader([line], delimiter=";"), [])


def fail(line, column, what):
    raise PabulibError(f"{line}번째 줄 {column}번째 칸: {what}.")


def read_pb(path):
    """The Pabulib of a file; UTF-8, with or without a byte order mark. Raises PabulibError, OSError."""
    data = Path(path).read_bytes()
    try:
        return parse_pb(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        fail(data[: error.start].count(b"\n") + 1, 1, "UTF-8이 아닌 글자가 있습니다")


def parse_pb(text):
    """The Pabulib of a text. Raises PabulibError naming line and column."""
    reader = _Reader(text)
    meta = _meta(reader)
    projects = _projects(reader, meta)
    return Pabulib(meta, projects, _votes(reader, meta, {row["project_id"] for row in projects}))


def _meta(reader):
    meta, lines = {}, {}
    for line, row in reader.rows("META"):
        if row["key"] in meta:
            fail(line, 1, f"{row['key']}이(가) 두 번 있습니다")
        meta[row["key"]], lines[row["key"]] = row["value"], line
    for key in NEEDED:
        if key not in meta:
            fail(max(lines.values(), default=1), 1, f"META에 {key}이(가) 없습니다")
    meta["vote_type"] = meta["vote_type"].lower()
    if meta["vote_type"] not in KINDS:
        fail(lines["vote_type"], 2, f"vote_type은 approval이나 choose-1이어야 합니다: {meta['vote_type']}")
    if not NUMBER.fullmatch(meta["budget"]):
        fail(lines["budget"], 2, f"budget이 수가 아닙니다: {meta['budget']}")
    for key in ("num_projects", "num_votes", "min_length", "max_length"):
        if meta.get(key) and not WHOLE.fullmatch(meta[key]):
            fail(lines[key], 2, f"{key}이(가) 정수가 아닙니다: {meta[key]}")
    for key, section in (("num_projects", "PROJECTS"), ("num_votes", "VOTES")):
        if meta.get(key) and int(meta[key]) != len(reader.sections[section]):
            fail(
                lines[key], 2, f"{key}이(가) {meta[key]}인데 {section}에는 {len(reader.sections[section])}줄이 있습니다"
            )
    return meta


def _projects(reader, meta):
    found, seen = [], set()
    for line, row in reader.rows("PROJECTS"):
        if not row["project_id"]:
            fail(line, reader.column("PROJECTS", "project_id"), "project_id가 비었습니다")
        if row["project_id"] in seen:
            fail(line, reader.column("PROJECTS", "project_id"), f"project_id가 겹칩니다: {row['project_id']}")
        if not NUMBER.fullmatch(row["cost"]):
            fail(line, reader.column("PROJECTS", "cost"), f"cost가 0 이상의 수가 아닙니다: {row['cost']}")
        seen.add(row["project_id"])
        found.append(row)
    return found


def _votes(reader, meta, known):
    low = int(meta.get("min_length") or 0)
    high = 1 if meta["vote_type"] == "choose-1" else int(meta.get("max_length") or len(known))
    id_at, vote_at, found, seen = reader.column("VOTES", "voter_id"), reader.column("VOTES", "vote"), [], set()
    for line, row in reader.rows("VOTES"):
        picks = split_picks(row["vote"])
        if not row["voter_id"] or row["voter_id"] in seen:
            fail(line, id_at, f"voter_id가 비었거나 겹칩니다: {row['voter_id']}")
        if len(set(picks)) != len(picks):
            fail(line, vote_at, f"같은 사업을 두 번 골랐습니다: {row['vote']}")
        if any(pick not in known for pick in picks):
            fail(line, vote_at, f"없는 사업을 골랐습니다: {next(pick for pick in picks if pick not in known)}")
        if not low <= len(picks) <= high:
            fail(line, vote_at, f"{len(picks)}개를 골랐습니다. {low}개 이상 {high}개 이하여야 합니다")
        seen.add(row["voter_id"])
        found.append(row)
    return found


def write_pb(pb):
    """The text of a file: UTF-8, `;`, LF, quotes only where a cell needs them."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    for section, head, rows in (
        ("META", ["key", "value"], pb.meta.items()),
        ("PROJECTS", _columns(pb.projects, ["project_id", "cost"]), pb.projects),
        ("VOTES", _columns(pb.votes, ["voter_id", "vote"]), pb.votes),
    ):
        writer.writerow([section])
        writer.writerow(head)
        writer.writerows([row.get(name, "") for name in head] if isinstance(row, dict) else row for row in rows)
    return out.getvalue()


def _columns(rows, least):
    return list(dict.fromkeys([*least, *(name for row in rows for name in row)]))


def contest_pb(manifest, contest, ballots):
    """A paper as Pabulib. Voters are named by their tags. Without costs each option costs 1 and the budget is the number to choose."""
    options, priced = contest["options"], all(option.get("cost") is not None for option in contest["options"])
    priced = priced and contest.get("budget") is not None
    budget = contest["budget"] if priced else contest.get("seats") or contest["max_picks"]
    meta = {
        "description": f"{manifest['title']} {contest['title']}",
        "country": "South Korea",
        "unit": manifest.get("unit", "Geumcheon-gu, Seoul"),
        "instance": f"{manifest['round']} {contest['id']}",
        "num_projects": len(options),
        "num_votes": len(ballots),
        "budget": budget,
        "vote_type": "choose-1" if contest["max_picks"] == 1 else "approval",
        "rule": contest.get("funding_rule") or "greedy",
        "date_begin": str(manifest.get("opens_at") or "")[:10],
        "date_end": str(manifest.get("closes_at") or "")[:10],
        "min_length": contest["min_picks"],
        "max_length": contest["max_picks"],
        "language": "ko",
        "currency": "KRW" if priced else "",
    }
    projects = [
        {
            "project_id": str(option["number"]),
            "cost": str(option["cost"]) if priced else "1",
            "name": " ".join(option["title"].split()),
        }
        for option in options
    ]
    votes = [
        {"voter_id": ballot.tag.hex(), "vote": ",".join(map(str, ballot.picks))}
        for ballot in sorted(ballots, key=lambda b: b.tag)
    ]
    return Pabulib({key: str(value) for key, value in meta.items() if value != ""}, projects, votes)
