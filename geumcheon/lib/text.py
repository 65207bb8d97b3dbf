"""Text that people type as one item per line."""


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


def join(items):
    """The text of a list, one item per line."""
    return "\n".join(items or [])


def squeeze(text):
    """Text without any white space and in lower case: the form in which two wordings are compared."""
    return "".join((text or "").split()).casefold()
