"""Text of others (names of genes, files, cells) without the letters that steer a terminal."""

from __future__ import annotations

import re

_HALVES = re.compile("[\ud800-\udfff]")
# letters that move the cursor, or turn the direction of the text round them, and halves of letters (a file name that is
# not UTF-8), which no stream takes; line ends and tabs are none of them
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def is_whole(text: str) -> bool:
    """Whether every letter of the text is whole, so that it can be written as UTF-8.

    A file name or argument that is not UTF-8, and an escape such as ``\\ud800``, leave halves of letters.
    """
    return _HALVES.search(text) is None


def without_controls(text: str) -> str:
    """The text with each such letter shown as �; line ends and tabs stay."""
    return CONTROLS.sub("�", text)


def on_one_line(text: str) -> str:
    """The text as `without_controls`, with line ends and tabs shown as � too."""
    return re.sub("[\t\n]", "�", without_controls(text))
