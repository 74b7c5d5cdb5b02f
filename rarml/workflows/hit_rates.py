"""What to expect of the first genes of a ranked list, from the metrics that a bundle holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DIRECTIONS = {
    "up v unresponsive": "up",
    "down v unresponsive": "down",
    "responsive v unresponsive": "up or down",
}
_PREFIX = "precision_at_"


def hit_rate_rows(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Precision among the genes ranked first, on chromosomes the model had not seen.

    Parameters
    ----------
    facts : mapping
        The fields of `bundle.json`; the table `top` of its evaluation where it has one, else the metrics.

    Returns
    -------
    list of dict
        Per direction and depth: `model`, `direction` (up, down, up or down), `depth`, `precision`, `low`, `high` (95 %
        cluster bootstrap; exact binomial, Clopper and Pearson 1934, 10.1093/biomet/26.4.404, where all genes or none
        responded, so that no resample differs) and `prevalence`; all 0-1.
    """
    top = facts["evaluation"].get("top") or [
        {**row, "depth": int(row["metric"].removeprefix(_PREFIX))}
        for row in facts["metrics"]
        if row["metric"].startswith(_PREFIX)
    ]
    order = {task: i for i, task in enumerate(DIRECTIONS)}
    return [
        {
            "model": facts["name"],
            "direction": DIRECTIONS[row["task"]],
            "depth": row["depth"],
            "precision": row["value"],
            **dict(zip(("low", "high"), _interval(row), strict=True)),
            "prevalence": row["prevalence"],
        }
        for row in sorted(top, key=lambda row: (order.get(row["task"], 9), row["depth"]))
        if row["task"] in DIRECTIONS
    ]


def _interval(row: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """The interval of the bootstrap, or an exact one where it has no width."""
    if row["value"] not in (0, 1) or row["low"] != row["high"]:
        return row["low"], row["high"]
    bound = float(0.025 ** (1 / row["depth"]))
    return (round(bound, 6), 1.0) if row["value"] == 1 else (0.0, round(1 - bound, 6))
