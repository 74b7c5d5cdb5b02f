"""Whole numbers of bases as text: plain digits only, and none longer than a chromosome can be."""

from __future__ import annotations

MOST = 2**40


def position_of(text: str) -> int | None:
    """The number that `text` writes in plain digits (no sign, no blank inside), or None if it is none up to 2^40."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 15:
        return None
    number = int(digits)
    return number if number <= MOST else None
