"""Text that residents type, made plain: what it shows is what it holds. Every form of this room cleans its text here."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError

LINE_LIMIT = 80
TEXT_LIMIT = 2_000
# How much longer than its limit a text may come: invisible letters are taken out before it is measured.
SLACK = 2

JOINER = "\u200d"
# Letters by their category, yet nothing to see: Hangul fillers, the empty braille cell, the grapheme joiner.
_BLANK = dict.fromkeys(map(ord, "\u115f\u1160\u3164\uffa0\u2800\u034f"))
_BREAKS = str.maketrans({"\r": "\n", "\u2028": "\n", "\u2029": "\n", "\u0085": "\n", "\v": "\n", "\f": "\n", "\t": " "})
_SPACES = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
MARKS = 2  # combining marks on one letter; no Korean or Latin text needs more


def _is_joining(text, at):
    """Whether the joiner at a position joins two pictures (a family emoji): the one place it belongs."""
    near = [text[at - 1 : at].replace("\ufe0f", "") or text[at - 2 : at - 1], text[at + 1 : at + 2]]
    return all(letter and unicodedata.category(letter) in ("So", "Sk") for letter in near)


def _visible(text):
    """The text without control and direction signs, invisible letters and towers of combining marks."""
    kept, marks = [], 0
    for at, letter in enumerate(text):
        kind = unicodedata.category(letter)
        if kind in ("Cf", "Cc", "Cs", "Co") and letter != "\n" and not (letter == JOINER and _is_joining(text, at)):
            continue
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if marks <= MARKS:
            kept.append(letter)
    return "".join(kept)


def plain(text):
    """NFC, CRLF as one line break, at most one empty line, single spaces, nothing invisible."""
    text = (text or "").replace("\r\n", "\n").translate(_BREAKS)
    text = _visible(unicodedata.normalize("NFC", text).translate(_BLANK))
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def clean_text(text, limit=TEXT_LIMIT):
    """A text of several lines, plain. Raises ValidationError where it is longer than `limit` letters."""
    text = text or ""
    if len(text) > limit * (SLACK + 1):
        raise _too_long(limit)
    text = plain(text)
    if len(text) > limit:
        raise _too_long(limit, len(text))
    return text


def clean_line(text, limit=LINE_LIMIT):
    """A text of one line, plain; line breaks become spaces. Raises ValidationError where it is longer than `limit` letters."""
    return clean_text(" ".join(clean_text(text, limit).split()), limit)


def _too_long(limit, length=None):
    now = f" 지금은 {length:,}자입니다." if length else ""
    return ValidationError(f"{limit:,}자까지 쓸 수 있습니다.{now}", code="max_length")


class PlainField(forms.CharField):
    """A field whose text comes out of clean_text (or clean_line with `line=True`), before it is asked whether it is empty."""

    def __init__(self, *, limit, line=False, **kwargs):
        self.limit, self.line = limit, line
        if not line:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        kwargs["strip"] = False
        super().__init__(**kwargs)

    def to_python(self, value):
        return (clean_line if self.line else clean_text)(super().to_python(value), self.limit)

    def widget_attrs(self, widget):
        return {**super().widget_attrs(widget), "maxlength": str(self.limit)}
