"""The transfer matrix as an interval plot in SVG: every model and both baselines, by label set, one panel per task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from rarml.report.words import interval, number

_LEFT, _WIDTH, _ROW, _HEAD, _GAP, _TAIL = 190, 360, 21, 34, 10, 46
_FROM = 0.3
_OWN, _OTHER, _MEAN = "#D55E00", "#0072B2", "#707880"


@dataclass(frozen=True)
class TransferRow:
    """One model on one label set; `kind` is own (its own cells), other or mean (the baseline)."""

    model: str
    labels: str
    kind: str
    value: float
    low: float
    high: float
    covariates: float | None


def transfer_plot(rows: Sequence[TransferRow], bound: float, described: str) -> Markup:
    """AUROC with 95 % interval per model, grouped by label set; a bar marks the model's covariates alone.

    Parameters
    ----------
    rows : sequence of TransferRow
        In order; rows of one label set together.
    bound : float
        AUROC on unseen cells above which a leak is to be looked for; drawn as a line.
    described : str
        Text for readers who do not see it.
    """
    groups = list(dict.fromkeys(row.labels for row in rows))
    height = _HEAD + _ROW * (len(rows) + len(groups)) + _GAP * len(groups) + _TAIL
    bottom = height - _TAIL
    width = _LEFT + _WIDTH + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" '
        f'aria-label="{escape(described)}" font-family="system-ui,sans-serif" font-size="12.5" fill="currentColor">'
        f"<title>{escape(described)}</title>"
    ]
    for tick in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        line = ' stroke-dasharray="4 3"' if tick == 0.5 else ""
        faint = 0.6 if tick == 0.5 else 0.13
        parts.append(
            f'<path d="M{_x(tick)} {_HEAD - 6}V{bottom}" stroke="currentColor" stroke-opacity="{faint}"{line}/>'
            f'<text x="{_x(tick)}" y="{bottom + 17}" text-anchor="middle">{tick:.1f}</text>'
        )
    parts.append(
        f'<path d="M{_x(bound)} {_HEAD - 6}V{bottom}" stroke="#b3001b" stroke-dasharray="2 3"/>'
        f'<text x="{_x(bound)}" y="{_HEAD - 12}" text-anchor="middle" font-size="11.5">look for a leak in unseen cells '
        f"above {bound:.2f}</text>"
        f'<text x="{_x(0.65)}" y="{bottom + 38}" text-anchor="middle">AUROC on held-out genes (95 %)</text>'
    )
    y = _HEAD
    for group in groups:
        parts.append(f'<text x="6" y="{y + 14}" font-weight="650">on labels of {escape(group)}</text>')
        y += _ROW
        for row in rows:
            if row.labels == group:
                parts.append(_row(row, y + _ROW / 2))
                y += _ROW
        y += _GAP
    return Markup("".join(parts) + "</svg>")


def _row(row: TransferRow, y: float) -> str:
    colour = {"own": _OWN, "other": _OTHER}.get(row.kind, _MEAN)
    said = f"{row.model} on {row.labels}: AUROC {number(row.value)} ({interval(row.low, row.high)})"
    base = ""
    if row.covariates is not None:
        said += f"; its covariates alone {number(row.covariates)}"
        x = _x(row.covariates)
        base = f'<path d="M{x} {y - 7:.1f}v14" stroke="currentColor" stroke-width="2.2"/>'
    fill = "none" if row.kind == "mean" else colour
    mark = f'<circle cx="{_x(row.value)}" cy="{y}" r="4.6" fill="{fill}" stroke="{colour}" stroke-width="1.8"/>'
    if row.kind == "own":
        mark = f'<rect x="{_x(row.value) - 4.5:.1f}" y="{y - 4.5}" width="9" height="9" fill="{colour}"/>'
    return (
        f"<g><title>{escape(said)}</title>"
        f'<text x="{_LEFT - 10}" y="{y + 4}" text-anchor="end">{escape(row.model)}</text>'
        f'<path d="M{_x(row.low)} {y}H{_x(row.high)}" stroke="{colour}" stroke-width="2"/>{base}{mark}</g>'
    )


def _x(value: float) -> float:
    return round(_LEFT + _WIDTH * (min(max(value, _FROM), 1.0) - _FROM) / (1 - _FROM), 1)
