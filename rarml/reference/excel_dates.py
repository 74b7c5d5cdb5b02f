"""Gene names that a spreadsheet turned into dates (MARCH1 -> 1-Mar): told apart, never guessed back.

Ziemann, Eren & El-Osta 2016 (10.1186/s13059-016-1044-7) describe the fault.
"""

from __future__ import annotations

import re

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
# Stems of the symbols that a spreadsheet reads as a date in that month; old and present names.
_STEMS = {
    "FEB": ("FEB",),
    "MAR": ("MARCHF", "MARCH", "MTARC", "MARC"),
    "APR": ("APR",),
    "SEP": ("SEPTIN", "SEPT", "SEP"),
    "OCT": ("OCT",),
    "NOV": ("NOV",),
    "DEC": ("DELEC", "DEC"),
}
_NAMED = "(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]{0,6}"
_CLOCK = r"(?:[ T]00:00(?::00(?:\.0+)?)?)?"
_DAY_MONTH = re.compile(rf"^(\d{{1,2}})[-/ .]{_NAMED}(?:[-/ .]\d{{2,4}})?$")
_MONTH_DAY = re.compile(rf"^{_NAMED}[-/ .](\d{{1,2}})(?:[-/ .,]+\d{{2,4}})?$")
_ISO = re.compile(rf"^(?:19|20)\d\d[-/](\d{{1,2}})[-/](\d{{1,2}}){_CLOCK}$")
_NUMERIC = re.compile(rf"^(\d{{1,2}})[/.](\d{{1,2}})[/.](?:\d\d|\d{{4}}){_CLOCK}$")


def date_candidates(name: str) -> list[str] | None:
    """Symbols that a spreadsheet may have turned into `name`.

    Parameters
    ----------
    name : str
        A gene name, any case.

    Returns
    -------
    list of str or None
        None if `name` does not look like a date; else the likely symbols, upper case, old and present
        names (empty if no known gene family is read as that month).
    """
    text = name.strip().upper()
    pairs: list[tuple[str, int]] = []  # (month name, number)
    if found := _DAY_MONTH.match(text):
        pairs.append((found[2], int(found[1])))
    elif found := _MONTH_DAY.match(text):
        pairs.append((found[1], int(found[2])))
    elif found := _ISO.match(text):
        pairs += _by_number(found[1], found[2])
    elif found := _NUMERIC.match(text):
        pairs += _by_number(found[1], found[2]) + _by_number(found[2], found[1])
    if not pairs:
        return None
    return list(dict.fromkeys(f"{stem}{day}" for month, day in pairs for stem in _STEMS.get(month, ())))


def _by_number(month: str, day: str) -> list[tuple[str, int]]:
    return [(_MONTHS[int(month) - 1], int(day))] if 1 <= int(month) <= 12 and 1 <= int(day) <= 31 else []
