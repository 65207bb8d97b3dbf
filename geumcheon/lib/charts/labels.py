"""Text that must fit: widths estimated on the server, lines broken between words, names shortened with `…`."""

import re
import unicodedata

# Advance in em: the wider of Pretendard GOV and Noto Sans CJK KR, regular or bold, as measured in Chromium.
_NARROW = {
    " ": 0.3,
    ",": 0.33,
    ".": 0.33,
    ":": 0.33,
    "·": 0.6,
    "(": 0.39,
    ")": 0.39,
    "-": 0.6,
    "!": 0.36,
    "'": 0.3,
    "’": 0.36,
    "i": 0.31,
    "j": 0.32,
    "l": 0.32,
}
_ODD = {"%": 0.97, "…": 1.0, "m": 0.97, "w": 0.85}
_BREAKS = re.compile(r"(?<=[ ·/,)\]])(?<!\d\. )|(?<!^)(?=[(\[])")  # never after the number of `8. 안양천에서 놀자!`
ELLIPSIS = "…"


def _advance(char):
    if char in _NARROW:
        return _NARROW[char]
    if char in _ODD:
        return _ODD[char]
    if "가" <= char <= "힣":
        return 0.92
    if char.isdigit():
        return 0.6
    if char.isascii():
        return 0.95 if char.isupper() else 0.62
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.7


def width(text, size):
    """Width of one line in px, rather too wide than too narrow."""
    return size * sum(map(_advance, text))


def shorten(text, room, size):
    """The text, or its beginning with `…` where it is wider than `room` px; "" where not even two letters fit."""
    if width(text, size) <= room:
        return text
    end = len(text)
    while end and width(text[:end].rstrip() + ELLIPSIS, size) > room:
        end -= 1
    kept = text[:end].rstrip(" ·,(")
    return kept + ELLIPSIS if len(kept) >= 2 else ""


def _pieces(text, room, size):
    """Parts between which a line may break; a part wider than the room is cut between letters."""
    for part in filter(None, _BREAKS.split(text)):
        while width(part.rstrip(), size) > room and len(part) > 1:
            cut = max(1, next(n for n in range(len(part), 0, -1) if n == 1 or width(part[:n], size) <= room))
            yield part[:cut]
            part = part[cut:]
        yield part


def _lines(text, room, size):
    """Lines as they are broken, still with the spaces at their ends."""
    lines = [""]
    for piece in _pieces(text, room, size):
        if lines[-1] and width((lines[-1] + piece).rstrip(), size) > room:
            lines.append("")
        lines[-1] += piece
    return lines


def keeps_words(text, room, size):
    """Whether each word of the text fits into `room` px."""
    return all(width(part.rstrip(), size) <= room for part in _BREAKS.split(text))


def wrap(text, room, size):
    """All lines of the text in `room` px, broken between words; a word wider than that is cut."""
    return [line.strip() for line in _lines(text, room, size) if line.strip()]


def fit(text, room, size, most):
    """At most `most` lines of the text in `room` px, the last one shortened where more would follow; [] where none fits."""
    if most < 1 or room < width("가…", size):
        return []
    lines = _lines(text, room, size)
    if len(lines) > most:
        rest = "".join(lines[most - 1 :])
        lines[most - 1 :] = [shorten(rest, room, size)]
    kept = [line.strip() for line in lines]
    return kept if all(kept) else []
