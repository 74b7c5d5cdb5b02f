"""Cells that repeat thousands of times, written in Python: several times quicker than template macros.

Nothing but numbers and fixed words enters the markup made here.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from rarml.report.words import MISSING, count, percent, pvalue, signed

_BADGES = {
    "candidate up": Markup('<span class="badge up">▲ candidate up</span>'),
    "candidate down": Markup('<span class="badge down">▼ candidate down</span>'),
    "candidate, direction unclear": Markup('<span class="badge unclear">◆ candidate, direction unclear</span>'),
    "not judged": Markup('<span class="badge uncertain">not judged</span>'),
    "unlikely": Markup('<span class="badge unlikely">unlikely</span>'),
    "uncertain": Markup('<span class="badge uncertain">uncertain</span>'),
}


def call_badge(call: str | None) -> Markup | str:
    """The badge of a call word; any other word as it is (to be escaped)."""
    return _BADGES.get(call or "", call or MISSING)


def probability(row: dict[str, Any], name: str, bar: str = "") -> Markup:
    """A table cell with a probability, its interval in small print and a bar of class `bar`."""
    p, low, high = (row[f"p_{name}{end}"] for end in ("", "_low", "_high"))
    if p is None:
        return Markup(f'<td class="n">{MISSING}</td>')
    if low is None or high is None:
        return Markup(f'<td class="n">{_percent(p)}</td>')
    text = f"{_percent(p)}<small>{_percent(low)[:-2]}–{_percent(high)}</small>"
    drawn = f'<i class="{bar}" style="--p:{100 * p:.0f};--l:{100 * low:.0f};--w:{min(100 * (high - low), 99):.0f}"></i>'
    return Markup(f'<td class="n">{text}{drawn if bar else ""}</td>')


def _percent(value: float) -> str:
    """As `percent`, escaped; several times quicker than `markupsafe.escape`."""
    return percent(value).replace("<", "&lt;").replace(">", "&gt;")


def gain(value: float | None, notable: float) -> Markup:
    """A table cell with the gain in percentage points, marked where it is notable."""
    if value is None:
        return Markup(f'<td class="n">{MISSING}</td>')
    text = signed(100 * value, 0)
    return Markup(f'<td class="n">{f"<b>{text}</b>" if value >= notable else text}</td>')


def best_rare(row: dict[str, Any], anchor: str | None) -> Markup:
    """A table cell with the best RARE, linked to the gene's sites where the page lists them."""
    if row["rare_pvalue"] is None:
        return Markup(f"<td>{MISSING}</td>")
    called = f"; {count(row['rare_count'])} called" if row["rare_count"] else ""
    linked = Markup('<a href="#{}">{}</a>').format(anchor, row["rare_type"]) if anchor else row["rare_type"]
    return Markup('<td data-v="{}">{} ({})<small>{} bp{}<br>p {}</small></td>').format(
        f"{row['rare_pvalue']:.1e}",
        linked,
        row["rare_strand"] or ".",
        signed(row["rare_tss_distance"], 0),
        called,
        pvalue(row["rare_pvalue"]),
    )
