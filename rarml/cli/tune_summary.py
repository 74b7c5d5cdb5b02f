"""How a search is summed up on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rarml.workflows.tune_output import in_words, shown

if TYPE_CHECKING:
    import pandas as pd

    from rarml.workflows.tune import TuneResult

_SHOWN = ("log_loss", "auroc", "auprc")


def setting_rows(result: TuneResult) -> tuple[list[str], list[list[str]]]:
    """Header and rows: per tuned setting the range, the default and the best value."""
    from rarml.training.search_space import values_of

    default = values_of(result.base, result.search.space)
    header = ["setting", "searched", "default", "best"]
    return header, [
        [path, in_words(parameter), shown(default[path]), shown(result.final.values[path])]
        for path, parameter in result.search.space.items()
    ]


def gain_rows(metrics: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Header and rows: per task and metric the tuned procedure, the default settings and the paired gain."""
    header = ["task", "metric", "tuned [95 %]", "default", "gain [95 %] (above 0 is better)"]
    chosen = metrics[metrics["metric"].isin(_SHOWN)]
    return header, [
        [
            str(row["task"]),
            str(row["metric"]),
            f"{row['value']:.4f} [{row['low']:.4f}, {row['high']:.4f}]",
            f"{row['baseline']:.4f}",
            f"{row['gain']:+.4f} [{row['gain_low']:+.4f}, {row['gain_high']:+.4f}]",
        ]
        for row in chosen.to_dict(orient="records")
    ]
