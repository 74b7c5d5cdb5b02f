"""Methods paragraphs that can be pasted into a paper, from the facts that a bundle holds: versions, digests, citations.

Nothing is said that the facts do not hold; a citation is given only for what was used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rarml import __version__

Facts = Mapping[str, Any]
_SHORT = 12
_BRANCHES = {
    "gradient": "gradient-boosted trees (XGBoost; doi:10.1145/2939672.2939785)",
    "linear": "multinomial logistic regression",
    "sequence": "logistic regression on columns of promoter encoders that were pre-trained without response labels",
}
_SOURCES = {
    "rare": "RARE half-site matrices from JASPAR 2022 (CC BY 4.0; doi:10.1093/nar/gkab1113)",
    "expression": "baseline expression from the Human Protein Atlas (CC BY-SA 4.0; doi:10.1126/science.1260419)",
    "chromatin": "chromatin of untreated cells from ENCODE (doi:10.1038/s41586-020-2493-4) and the sources "
    "named with the atlas",
}


def train_methods(facts: Facts) -> tuple[str, ...]:
    """How one model was made: labels, eligibility, model and split, evaluation, software.

    Parameters
    ----------
    facts : mapping
        The fields of `bundle.json` (`rarml.workflows.model_facts`).
    """
    return (label_paragraph(facts), model_paragraph(facts), evaluation_paragraph(facts), software_paragraph([facts]))


def score_methods(models: Sequence[Facts], *, call_rule: str) -> tuple[str, ...]:
    """How a gene list was scored, each model in a sentence or two.

    Parameters
    ----------
    models : sequence of mapping
        The fields of each model's `bundle.json`.
    call_rule : str
        The rule behind the call words.
    """
    used = _use_paragraph(models, "Genes were scored")
    called = (
        f"Calls: {call_rule.rstrip('.')}. A gene that a model was trained on is answered only by members of the model "
        "that saw neither it nor its relatives. Intervals are 95 % (delete-a-group jackknife over chromosome folds) "
        "and "
        "tell the precision of a prediction, not its truth. All genes named here are candidates, none was tested at "
        "the "
        "bench by this analysis."
    )
    return (used, called, *(_in_short(facts) for facts in models), software_paragraph(models))


def compare_methods(models: Sequence[Facts]) -> tuple[str, ...]:
    """How models were compared: what they are and what they were made from."""
    return (
        _use_paragraph(models, "Cell types were compared"),
        *(_in_short(facts) for facts in models),
        software_paragraph(models),
    )


def label_paragraph(facts: Facts) -> str:
    """Labels: source, dose, time, tables with digests, thresholds and counts."""
    labels, counts = facts["labels"], facts["counts"]
    stated = (labels.get("dose"), labels.get("time"), labels.get("source"))
    treated = ", ".join(part for part in stated if part and part != "see source")
    read = labels.get("files", ())
    # several contrasts of one table of counts name it once
    files = list(dict.fromkeys(f"{part['file']} (SHA-256 {part['sha256'][:_SHORT]}…)" for part in read))
    said = [f"Labels. Responses of {facts['cell_type']} to all-trans retinoic acid{f' ({treated})' if treated else ''}"]
    said[0] += f" were read from {_listed(files)}." if files else " were given as labels."
    if "counts" in labels:
        said.append(counts_sentence(labels["counts"]))
    rule = labels.get("rule")
    if facts["positive_unlabelled"]:
        said.append("Only responsive genes were listed; every other eligible gene counted as unlabelled.")
    elif rule:
        said.append(
            f"Genes with a log2 fold change of at least {rule['up_log2fc']:g} (up) or at most "
            f"−{-rule['down_log2fc']:g} "
            f"(down) and an adjusted p below {rule['padj']:g} were responsive, those within "
            f"±{rule['flat_log2fc']:g} and "
            f"with an adjusted p of at least {rule['flat_padj']:g} unresponsive; all others, and genes without an "
            "adjusted p, were left out."
        )
    if len(read) > 1 and labels.get("min_agree"):
        said.append(f"At least {labels['min_agree']} of {len(read)} tables had to agree, none to contradict.")
    eligible = settings_eligibility(facts)
    numbers = [f"{counts[f'eligible_{name}']:,} {name}" for name in facts["classes"] if f"eligible_{name}" in counts]
    said.append(f"{eligible} This left {_listed(numbers)} genes.")
    return " ".join(said)


def counts_sentence(about: Facts) -> str:
    """How counts were compared: samples, design, program, least counts; of cells how they were summed."""
    sizes = _listed([f"{len(names)} {level}" for level, names in about["samples"].items()])
    cells = about.get("pseudobulk")
    summed = (
        f"Raw counts of {sum(cells['cells'].values()):,} cells were summed per {cells['replicate']} and condition. "
        if cells
        else ""
    )
    kept = "; ".join(f"{column}: {', '.join(values)}" for column, values in about["subset"].items())
    against = f"{_listed(about['treated'])} against {about['reference']}"
    return (
        f"{summed}Counts of {sizes} samples{f' ({kept})' if kept else ''} were compared with PyDESeq2 "
        f"{about['pydeseq2']} (doi:10.1093/bioinformatics/btad547; design {about['formula']}; {against}; Wald test, "
        f"Benjamini-Hochberg after independent filtering); {about['genes_tested']:,} of {about['genes']:,} genes had "
        f"{about['least_counts']} counts or more."
    )


def settings_eligibility(facts: Facts) -> str:
    """The rule that made a gene eligible, as a sentence."""
    rule = facts["settings"]["eligibility"]
    stand_in = _listed(facts["context"]["stand_in"]) or "the mean of all samples"
    sequence = ", a promoter sequence" if rule["require_sequence"] else ""
    return (
        f"One rule decided for every class alike which genes were eligible: at least {rule['min_level']:g} nTPM in "
        f"untreated cells ({stand_in}){sequence} and a well-placed promoter."
    )


def model_paragraph(facts: Facts) -> str:
    """Features, branches, stack, folds."""
    model, branches = facts["settings"]["model"], list(facts["stack_weights"]) or ["gradient"]
    named = _listed([_BRANCHES.get(name, name) for name in branches])
    joined = (
        f"{named}, joined and calibrated by vector scaling (arXiv:1706.04599)"
        if len(branches) > 1
        else f"{named}, calibrated by vector scaling (arXiv:1706.04599)"
    )
    n, members = model["n_folds"], model["n_folds"] - 1
    return (
        f"Model. {len(facts['columns']):,} features per gene ({facts['assembly']}; blocks: {_listed(facts['blocks'])}) "
        f"came from feature atlas {facts['atlas_digest'][:_SHORT]}…; {_listed(_sources(facts))}. No feature was "
        "measured "
        f"after treatment. The model is {joined}. It was cross-fitted in {n} folds of whole chromosomes (the HOX "
        f"clusters in one): each fold is predicted by {members} models fitted without it and one further fold, on "
        "which "
        "they were calibrated; relatives of a gene (overlapping or bidirectional promoters, promoters of like "
        "sequence, "
        "members of its gene cluster) were kept out of all that answers it."
    )


def evaluation_paragraph(facts: Facts) -> str:
    """The headline numbers on held-out chromosomes, beside covariates and chance."""
    rows = [row for row in facts["metrics"] if row["metric"] in ("auroc", "auprc")]
    parts = [
        f"{row['task']}: {row['metric'].upper()} {row['value']:.3f} ({row['low']:.3f} to {row['high']:.3f}), "
        "covariates "
        f"alone {row['baseline']:.3f}, gain {row['gain']:+.3f} ({row['gain_low']:+.3f} to {row['gain_high']:+.3f})"
        + (f", prevalence {row['prevalence']:.3f}" if row["metric"] == "auprc" else "")
        for row in rows
    ]
    return (
        "Evaluation. On held-out chromosomes, with 95 % intervals of a cluster bootstrap over groups of related genes "
        f"({facts['settings']['bootstrap']:,} resamples; doi:10.1111/j.1467-9868.2007.00593.x), beside a model of the "
        f"same kind on baseline expression and promoter composition alone: {'; '.join(parts)}."
    ).replace("-0.", "−0.")


def software_paragraph(models: Sequence[Facts]) -> str:
    """Versions, seeds and digests of the models and their atlas."""
    libraries: dict[str, set[str]] = {}
    for facts in models:
        for name, version in facts["versions"].items():
            if name != "rarml":
                libraries.setdefault(name, set()).add(str(version))
    versions = ", ".join(f"{name} {' and '.join(sorted(found))}" for name, found in libraries.items())
    seeds = _listed([f"{facts['name']} {facts['seed']}" for facts in models])
    atlases = sorted({facts["atlas_digest"] for facts in models})
    return (
        f"Software. rarml {__version__}; the models were trained with {versions}. Random seeds: {seeds}. Feature atlas "
        f"(SHA-256): {_listed(atlases)}."
    )


def _use_paragraph(models: Sequence[Facts], what: str) -> str:
    names = _listed([f"{facts['name']} ({facts['cell_type']})" for facts in models])
    return (
        f"{what} with rarml {__version__} and the model{'s' if len(models) > 1 else ''} {names}, which give calibrated "
        "probabilities of a rise, a fall and no response to all-trans retinoic acid from promoter sequence, "
        "retinoic acid "
        f"response elements, composition, and the chromatin and expression of untreated cells: "
        f"{_listed(_of_all(models))}."
    )


def _in_short(facts: Facts) -> str:
    headline = next((row for row in facts["metrics"] if row["metric"] == "auroc"), None)
    rows = {row["task"]: row for row in facts["metrics"] if row["metric"] == "auroc"}
    row = rows.get("responsive v unresponsive", headline)
    judged = (
        f" Held-out AUROC {row['value']:.3f} ({row['low']:.3f} to {row['high']:.3f}) for {row['task']}, covariates "
        "alone "
        f"{row['baseline']:.3f}."
        if row
        else ""
    )
    marked = " It is experimental." if facts["experimental"] else ""
    return f"{facts['name']}. {label_paragraph(facts).removeprefix('Labels. ')}{judged}{marked}"


def _sources(facts: Facts) -> list[str]:
    return [said for block, said in _SOURCES.items() if block in facts["blocks"]]


def _of_all(models: Sequence[Facts]) -> list[str]:
    return list(dict.fromkeys(said for facts in models for said in _sources(facts))) or ["none of these"]


def _listed(names: Sequence[str]) -> str:
    names = list(names)
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
