"""What a score report shows: the scored list, what to expect of it, controls for the bench, and the methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rarml.report.content import ScoreContent
from rarml.workflows.bench_controls import bench_controls
from rarml.workflows.calls import CALL_RULE
from rarml.workflows.hit_rates import hit_rate_rows
from rarml.workflows.methods import score_methods
from rarml.workflows.model_info import model_info, provenance
from rarml.workflows.score import ScoreResult


def score_content(
    result: ScoreResult,
    *,
    atlas: str | Path | None = None,
    pages: Mapping[str, str] | None = None,
    shares: Sequence[Mapping[str, float]] | None = None,
    level: float | None = None,
    title: str = "",
) -> ScoreContent:
    """The contents of the report of a scored list.

    Parameters
    ----------
    result : ScoreResult
        Of `rarml.workflows.score.score`.
    atlas : str or Path, optional
        The atlas that was scored with; the shipped one by default.
    pages : mapping of str to str, optional
        Gene id to the gene's own page, as an address relative to the report.
    shares : sequence of mapping, optional
        Per model the class shares at which probabilities are given; those of training by default.
    level : float, optional
        Coverage of the prediction sets in the table.
    title : str
        Heading of the report; what was scored by default.
    """
    facts = [bundle.manifest.model_dump(mode="json") for bundle in result.bundles]
    models = [model_info(one) for one in facts]
    if result.other_species:
        models = [
            replace(info, context_note="; ".join(filter(None, [info.context_note, result.other_species])))
            for info in models
        ]
    if shares is not None:
        models = [replace(info, prevalence=dict(own)) for info, own in zip(models, shares, strict=True)]
    # controls measured in human cells are none for a bench of another species
    controls = () if result.other_species else bench_controls(result.table, result.bundles, atlas=atlas, shares=shares)
    return ScoreContent(
        table=result.table,
        sites=result.sites,
        models=tuple(models),
        call_rule=CALL_RULE,
        assembly=result.assembly,
        provenance=provenance(result.bundles),
        methods=score_methods(facts, call_rule=CALL_RULE),
        hit_rates=tuple(row for one in facts for row in hit_rate_rows(one)),
        controls=tuple(controls),
        pages=dict(pages or {}),
        level=level,
        title=title,
    )
