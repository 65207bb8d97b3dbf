"""Text that people type as one item per line."""

import re


def lines(text):
    """The non-empty lines of a text field, trimmed, as a list."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def clauses(text):
    """The parts of a text whose parts stand on lines or are joined with `; `, as a list."""
    return [part.strip() for line in lines(text) for part in line.split("; ") if part.strip()]


def places(rows):
    """Where rows stand in their document, one entry per section: rows sourced `Ⅴ-4 성과지표 · L1` and `… · L2` make
    [`Ⅴ-4 성과지표 · L1, L2`]. Rows without a source are left out."""
    found = {}
    for row in rows:
        section, _, line = row.source.partition(" · ")
        if section:
            found.setdefault(section, {})[line] = None
    return [" · ".join(filter(None, (section, ", ".join(filter(None, lines))))) for section, lines in found.items()]


def labelled(text):
    """(label, rest) of `정기회 : 연 4회 개최` or `[의제 발굴] 분과별 논의`; ("", text) without a short label."""
    if (text or "").startswith("[") and "]" in text:
        label, _, rest = text[1:].partition("]")
        return (label, rest.strip())
    label, colon, rest = (text or "").partition(" : ")
    return (label, rest) if colon and len(label) <= 20 else ("", text)


HEADS = {"구성", "역할"}  # lines of the plan that only announce the lines after them
HEAD_LENGTH = 24


def outline(items):
    """[(is_head, label, rest)] of a printed list whose levels are lost: a short line right before a labelled one heads what follows.

    `금천구협치회의` before `구 성 : 30명` is a head; `구 성 : 30명` is the label `구 성` with the rest `30명`.
    """
    found, items = [], list(items)
    for item, following in zip(items, [*items[1:], ""], strict=False):
        label, rest = labelled(item)
        announces = squeeze(item) in HEADS or (len(item) <= HEAD_LENGTH and labelled(following)[0])
        found.append((bool(not label and announces), label, rest))
    return found


def without_lines(text):
    """Text without the line numbers of the source in brackets: `운영”(L229), “활동”(L333-335)` reads `운영”, “활동”`."""
    return re.sub(r"\s*\(L\d[\dL, -]*\)", "", text or "")


PLACE = re.compile(r"\bL\d+(?:-\d+)?(?:, L\d+(?:-\d+)?)*")  # lines of the source document, `L4323, L4327-4330`


def cited(source):
    """A source as a reader understands it: `Ⅵ-3 의제별 예산계획 · L3922-3923` reads `Ⅵ-3 의제별 예산계획 · 3922~3923째 줄`."""
    return PLACE.sub(lambda found: found[0].replace("L", "").replace("-", "~") + "째 줄", source or "")


def join(items):
    """The text of a list, one item per line."""
    return "\n".join(items or [])


def natural(text):
    """A key by which `위원 2` stands before `위원 10`: numbers in a text are compared as numbers, the rest as it is written."""
    pieces = re.split(r"([0-9]+)", text or "")  # words at even places, numbers at odd ones: always comparable
    return [int(piece) if at % 2 else piece for at, piece in enumerate(pieces)]


def squeeze(text):
    """Text without any white space and in lower case: the form in which two wordings are compared."""
    return "".join((text or "").split()).casefold()
