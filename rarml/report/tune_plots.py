"""Plots of a hyperparameter search: how the loss went down, and which settings mattered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rarml.report.drawings import Drawing
from rarml.report.plots import GUIDE, MODEL, OTHER, Tip, figure_with_axes, plain
from rarml.report.tune_content import TrialPoint, TuneContent


def tune_drawings(content: TuneContent) -> dict[str, Drawing]:
    """Every figure that the search has numbers for: `history` and `shares`."""
    drawn: dict[str, Drawing] = {}
    if any(trial.loss is not None for trial in content.trials):
        drawn["history"] = history_drawing(content.trials, f"Log loss of each trial for {content.name}")
    if content.importance:
        drawn["shares"] = importance_drawing(content.importance, f"Share of each setting for {content.name}")
    return drawn


def history_drawing(trials: Sequence[TrialPoint], described: str) -> Drawing:
    """Loss of each trial, whole and pruned ones told apart, and the best so far."""
    judged = [(trial, float(trial.loss)) for trial in trials if trial.loss is not None]
    whole = [(trial, loss) for trial, loss in judged if trial.state == "complete"]
    pruned = [(trial, loss) for trial, loss in judged if trial.state == "pruned"]
    with figure_with_axes(8.6, 3.6) as (figure, axes):
        axis = axes[0]
        for some, mark, colour, label in ((whole, "o", OTHER, "whole trial"), (pruned, "x", GUIDE, "stopped early")):
            if some:
                numbers, losses = [trial.number for trial, _ in some], [loss for _, loss in some]
                axis.plot(numbers, losses, mark, color=colour, ms=5, label=label)
        if whole:
            numbers, best = [trial.number for trial, _ in whole], np.minimum.accumulate([loss for _, loss in whole])
            axis.step(numbers, best, where="post", color=MODEL, linewidth=1.9, label="best so far")
        for _, loss in [(trial, loss) for trial, loss in whole if trial.default][:1]:
            axis.axhline(loss, color=GUIDE, linestyle=":", label="default settings")
        top, bottom = _top([loss for _, loss in judged]), min(loss for _, loss in judged)
        axis.set(xlabel="Trial", ylabel="Mean log loss, inner folds", ylim=(bottom - 0.08 * (top - bottom), top))
        axis.locator_params(axis="x", integer=True)
        figure.legend(loc="outside upper left", ncols=4, fontsize=9.5)
        tips = [
            Tip(axis, trial.number, loss, f"trial {trial.number}: {loss:.4f}{' (default settings)' * trial.default}")
            for trial, loss in judged
            if loss <= top
        ]
        return Drawing("tuning_history", described, figure, tuple(tips))


def importance_drawing(shares: Mapping[str, float], described: str) -> Drawing:
    """Share of each setting as bars, the largest on top."""
    ordered = sorted(shares.items(), key=lambda item: (item[1], item[0]))
    with figure_with_axes(7.4, 0.8 + 0.32 * len(ordered)) as (figure, axes):
        axes[0].barh([plain(path) for path, _ in ordered], [share for _, share in ordered], color=OTHER)
        axes[0].set(xlabel="Share in what sets the best trials apart", xlim=(0, 1))
        tips = tuple(Tip(axes[0], share, i, f"{path}: {share:.3f}") for i, (path, share) in enumerate(ordered))
        return Drawing("tuning_shares", described, figure, tips)


def _top(losses: Sequence[float]) -> float:
    """End of the axis: a few very bad trials must not flatten the rest."""
    low, most = min(losses), max(losses)
    usual = float(np.quantile(losses, 0.9))
    end = most if most - low < 3 * (usual - low) else usual + (usual - low)
    return end + 0.05 * (end - low) if end > low else low + 0.01
