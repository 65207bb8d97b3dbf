"""Bigram tokens: two syllables suffice and spacing does not matter, on both engines alike (STACK.md).

A text is squeezed to its letters and digits and cut into overlapping pairs; its last character stands alone so that a one-syllable
search can find it. A word of a search is the same pairs in a row, which is exactly "the squeezed text contains the squeezed word".
"""

import re
import unicodedata

MAX_QUERY = 60
MAX_TEXT = 12_000  # a tsvector keeps positions up to 16,383

_OTHER = re.compile(r"[\W_]+")


def squeeze(text):
    """Letters and digits only, compatibility forms folded, lower case: `안양천에서 놀자!` -> `안양천에서놀자`."""
    return _OTHER.sub("", unicodedata.normalize("NFKC", text or "").casefold())


def pairs(text):
    """The tokens of a text, in order: `안양천` -> ["안양", "양천", "천"]."""
    squeezed = squeeze(text)[:MAX_TEXT]
    return [squeezed[i : i + 2] for i in range(len(squeezed))]


def words(query):
    """The squeezed words of a search (at most 60 characters are read); [] when nothing is left to look for."""
    return [word for word in map(squeeze, (query or "")[:MAX_QUERY].split()) if word]


def vector(title, text):
    """The text form of a PostgreSQL tsvector of title and text; a gap keeps a match from running from one into the other."""
    positions = {}
    offset = 1
    for part in (title, text):
        tokens = pairs(part)
        for i, token in enumerate(tokens):
            positions.setdefault(token, []).append(offset + i)
        offset += len(tokens) + 2
    return " ".join(f"'{token}':{','.join(map(str, at[:255]))}" for token, at in positions.items())


def tsquery(words):
    """The text form of a tsquery: every word, its pairs side by side."""
    return " & ".join(f"({_phrase(word)})" for word in words)


def _phrase(word):
    if len(word) == 1:
        return f"'{word}':*"
    return " <-> ".join(f"'{word[i : i + 2]}'" for i in range(len(word) - 1))


def match(words):
    """The text form of an FTS5 query: every word, its pairs side by side."""
    return " AND ".join(_fts_phrase(word) for word in words)


def _fts_phrase(word):
    if len(word) == 1:
        return f'"{word}"*'
    return '"' + " ".join(word[i : i + 2] for i in range(len(word) - 1)) + '"'


def mark(text, words, around=60):
    """The part of a text around its first match as [(piece, is_match)]; the beginning when nothing matches.

    Matches are found in the squeezed text and shown in the text as written, spaces and all.
    """
    kept = [(i, folded) for i, char in enumerate(text) for folded in squeeze(char)]
    squeezed = "".join(folded for _, folded in kept)
    spans = []
    for word in words:
        at = squeezed.find(word)
        while at >= 0:
            spans.append((kept[at][0], kept[at + len(word) - 1][0] + 1))
            at = squeezed.find(word, at + len(word))
    spans = _merge(spans)
    start = max(0, spans[0][0] - around) if spans else 0
    end = min(len(text), (spans[0][1] if spans else 0) + 2 * around)
    pieces = [("…", False)] if start else []
    at = start
    for a, b in spans:
        if a >= end:
            break
        pieces += [(text[at:a], False), (text[a : min(b, end)], True)]
        at = min(b, end)
    pieces.append((text[at:end] + ("…" if end < len(text) else ""), False))
    return [piece for piece in pieces if piece[0]]


def _merge(spans):
    merged = []
    for a, b in sorted(spans):
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return merged
