"""Numbers as words: every number of a report is written here, and missing ones become a dash."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

MISSING = "–"


def missing(value: object) -> bool:
    """None, NaN, NaT and NA."""
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]


def number(value: float | None, digits: int = 2) -> str:
    """``0.83``; a dash where missing."""
    return MISSING if missing(value) else f"{value:.{digits}f}"


def signed(value: float | None, digits: int = 2) -> str:
    """``+0.12``, ``−0.05`` (true minus) or ``0.00``; a dash where missing."""
    if missing(value):
        return MISSING
    text = f"{value:+.{digits}f}".replace("-", "−")
    return text if text.strip("+−0.") else text[1:]


def percent(value: float | None) -> str:
    """``83 %``, ``<1 %`` and ``>99 %`` at the ends; a dash where missing."""
    if missing(value):
        return MISSING
    hundred = 100 * float(value)  # type: ignore[arg-type]
    if 0 < hundred < 1:
        return "<1 %"
    return ">99 %" if 99 < hundred < 100 else f"{hundred:.0f} %"


def count(value: float | None) -> str:
    """``12,345``; a dash where missing."""
    return MISSING if missing(value) else f"{int(value):,}"  # type: ignore[arg-type]


def interval(low: float | None, high: float | None, digits: int = 2) -> str:
    """``0.71–0.92``; empty where missing."""
    return "" if missing(low) or missing(high) else f"{low:.{digits}f} to {high:.{digits}f}"


def pvalue(value: float | None) -> str:
    """``3.1e-6`` as ``3.1 × 10⁻⁶``; plain from 0.001 on."""
    if missing(value):
        return MISSING
    p = float(value)  # type: ignore[arg-type]
    if p >= 0.001 or p <= 0:
        return f"{p:.3g}"
    mantissa, exponent = f"{p:.1e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def listing(names: Sequence[str], most: int = 6) -> str:
    """``A, B and C``; ``A, B, C and 4 more`` beyond `most`."""
    shown = list(names[:most])
    rest = len(names) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def sentence(text: str) -> str:
    """With a capital letter first and exactly one full stop last; empty stays empty."""
    plain = text.strip().rstrip(".")
    return f"{plain[0].upper()}{plain[1:]}." if plain else ""


def plural(n: int, one: str, many: str | None = None) -> str:
    """``1 gene``, ``1,200 genes``."""
    return f"{n:,} {one if n == 1 else (many or one + 's')}"
