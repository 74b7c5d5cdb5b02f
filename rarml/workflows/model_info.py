"""What a report says of a model, from the facts in its manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rarml import __version__
from rarml.bundle.load import Bundle
from rarml.bundle.manifest import MANIFEST_NAME
from rarml.core.files import sha256_file
from rarml.report.content import ModelInfo

HEADLINE_TASK = "responsive v unresponsive"


def model_info(facts: Mapping[str, Any]) -> ModelInfo:
    """A `ModelInfo` from the fields of `bundle.json`."""
    context, labels = facts["context"], facts["labels"]
    return ModelInfo(
        name=facts["name"],
        cell_type=facts["cell_type"],
        description=facts["description"],
        experimental=facts["experimental"],
        positive_unlabelled=facts["positive_unlabelled"],
        classes=tuple(facts["classes"]),
        prevalence=dict(facts["prevalence"]),
        stand_in=tuple(context["stand_in"]),
        chromatin=None if context["chromatin"] is None else tuple(context["chromatin"]),
        context_note=context["note"],
        dose=labels.get("dose") or "",
        time=labels.get("time") or "",
        source=labels.get("source") or "",
        performance=performance_sentence(facts["metrics"]),
    )


def provenance(bundles: Sequence[Bundle]) -> dict[str, str]:
    """The version of rarml and the digest of each model's manifest, which holds those of all its files."""
    digests = {f"{b.name}: bundle.json (SHA-256)": sha256_file(b.path / MANIFEST_NAME) for b in bundles}
    return {"rarml": __version__, **digests}


def performance_sentence(metrics: list[dict[str, Any]]) -> str:
    """The held-out AUROC and its gain over covariates in one sentence; "" where it was not measured."""
    tasks = {row["task"]: row for row in metrics if row["metric"] == "auroc"}
    row = tasks.get(HEADLINE_TASK) or next(iter(tasks.values()), None)
    if row is None:
        return ""
    sure = "" if row["gain_low"] > 0 or row["gain_high"] < 0 else ", not distinguishable from no gain"
    return (
        f"On chromosomes it never saw: AUROC {row['value']:.2f} [{row['low']:.2f}–{row['high']:.2f}] for "
        f"{row['task']}; covariates alone {row['baseline']:.2f} (gain {row['gain']:+.3f} "
        f"[{row['gain_low']:+.3f}, {row['gain_high']:+.3f}]{sure})."
    )
