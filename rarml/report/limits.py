"""The standing limits of every prediction, and those that follow from the models shown."""

from __future__ import annotations

from collections.abc import Sequence

from rarml.report.content import ModelInfo

STANDING = (
    "A candidate is a prediction to test at the bench. Nothing here is validated by this report.",
    "Only the promoter's sequence is read. RAREs often act from enhancers tens of kilobases away: no RARE in the "
    "promoter does not mean no RARE, and a RARE by sequence does not mean that RAR binds it.",
    "Expression and chromatin come from untreated cells of other experiments: a proxy for the cells that were treated.",
    "A response can be indirect. The models learn which genes change at one dose and time, not which are bound by RAR.",
    "A large part of each probability is what kind of gene it is (how highly and how variably expressed). The column "
    "“gain over covariates” says how much the full model adds to that.",
)
_UNLABELLED = (
    "was trained on a list of responsive genes without measured unresponsive ones (positive-unlabelled): it is "
    "experimental, gives no P(down), and its P(up) is a rank rather than a frequency."
)


def limits(models: Sequence[ModelInfo]) -> list[str]:
    """Sentences for the limits box, in order: standing ones, then those of the models."""
    said = list(STANDING)
    for info in models:
        if info.positive_unlabelled:
            said.append(f"{info.name} {_UNLABELLED}")
        elif info.experimental:
            said.append(f"{info.name} is marked experimental by its maker: use its answers as hints only.")
        if info.context_note:
            said.append(f"{info.name}, proxy: {info.context_note}.".replace("..", "."))
    return said
