"""Names of genes and models, which are other people's text, in files whose format gives some letters a meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LONGEST = 120
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_.:|()+@*/'-]+")
_NOT_WORD = re.compile(r"[^A-Za-z0-9]+")


def field_text(text: str) -> str:
    """A name as one field of a BED, GMT or rank file: one word of plain ASCII, at most 120 letters.

    Tabs and line ends would end the field, blanks end it for some readers, and ``#`` in front makes the line a comment.
    Each run of such letters becomes ``_``; a name of nothing else becomes ``unnamed``. bedToBigBed takes up to 255.
    """
    return _NOT_PLAIN.sub("_", text).strip("_")[:_LONGEST] or "unnamed"


def words_of(names: Iterable[str]) -> dict[str, str]:
    """Each name as a word of letters, digits and ``_`` that no other has: ``mcf-7`` is ``mcf_7``.

    Fit for names of files, columns and UCSC tracks, whatever the system makes of capitals.
    """
    words: dict[str, str] = {}
    taken: set[str] = set()
    for name in dict.fromkeys(names):
        base = _NOT_WORD.sub("_", name).strip("_")[:_LONGEST] or "model"
        word, number = base, 2
        while word.lower() in taken:
            word, number = f"{base}_{number}", number + 1
        taken.add(word.lower())
        words[name] = word
    return words


def one_line(text: str, most: int) -> str:
    """A text as a printable line of plain ASCII of at most `most` letters, blanks kept."""
    plain = " ".join(text.encode("ascii", "replace").decode().split())
    return "".join(letter for letter in plain if letter.isprintable())[:most].strip() or "unnamed"
