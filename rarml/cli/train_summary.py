"""How a training is summed up on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_COUNTED = (
    ("read", "rows read"),
    ("mapped", "mapped"),
    ("ambiguous", "ambiguous names"),
    ("unmapped", "unmapped"),
    ("duplicated", "duplicated"),
    ("untested", "untested"),
    ("up", "up"),
    ("down", "down"),
    ("unresponsive", "unresponsive"),
    ("ambiguous_status", "in no class"),
    ("without_sequence", "without sequence"),
    ("eligible", "trained on"),
)
_SHOWN = ("auroc", "auprc", "precision_at_50", "precision_at_100")


def summary_line(counts: Mapping[str, int]) -> str:
    """One line of what was read, mapped, called and used."""
    return "genes: " + ", ".join(f"{counts[key]:,} {word}" for key, word in _COUNTED if key in counts)


def metric_rows(metrics: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Header and rows: per task and metric the value, the covariate baseline, and the paired gain."""
    header = ["task", "metric", "model [95 %]", "covariates only", "gain [95 %]", "chance", "genes (positive)"]
    rows = []
    for row in metrics[metrics["metric"].isin(_SHOWN)].to_dict(orient="records"):
        chance = 0.5 if row["metric"] == "auroc" else row["prevalence"]
        rows.append(
            [
                row["task"],
                row["metric"],
                f"{row['value']:.3f} [{row['low']:.3f}, {row['high']:.3f}]",
                f"{row['baseline']:.3f}",
                f"{row['gain']:+.3f} [{row['gain_low']:+.3f}, {row['gain_high']:+.3f}]",
                f"{chance:.3f}",
                f"{int(row['n']):,} ({int(row['n_positive']):,})",
            ]
        )
    return header, rows
