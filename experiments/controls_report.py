"""The Markdown page of the specificity controls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from controls_common import Row, shown, table
from controls_readings import OTHER_SPACINGS, READ_ON, SPACINGS, readings


def markdown(found: dict[str, Any]) -> str:
    """All tables, each under a plain reading of what it shows."""
    settings = found["settings"]
    lines = [
        "# Specificity controls",
        "",
        "What the models know of retinoic acid, and what they would know of anything. Held-out whole chromosomes, no "
        "relative of a held-out gene in training; AUROC with 95 % cluster-bootstrap intervals "
        f"({settings['bootstrap']} resamples of the groups), gains paired on the same genes and resamples, bold where "
        f"the interval leaves out 0. Mean over {settings['seeds']} seeds (a to c; each with its own shuffle, spacings "
        f"or motifs) and {settings['stack_seeds']} (d, e). Made by `python experiments/controls.py`.",
    ]
    if not settings["atlas"].startswith(READ_ON):
        lines += ["", f"**Conclusions below were drawn from results of another atlas ({READ_ON}): trust the tables.**"]
    sections = {
        "a": ("Dinucleotide-shuffled promoters", _sequence),
        "b": ("Spacer-shuffled RAREs", _spacing),
        "c": ("Unrelated motifs", _motifs),
        "d": ("Another perturbation", _perturbation),
        "e": ("Direction: up v down", _direction),
    }
    said = readings(found)
    for key, (title, make) in sections.items():
        lines += ["", f"## {title}", "", said[key], "", *make(found)]
    return "\n".join(lines) + "\n"


def _arms(rows: Sequence[Row], real: str, control: str) -> list[str]:
    """Real, control and their difference, alone and on top of the covariates."""
    index = {(row["cell"], row["task"], row["features"], row["against"]): row for row in rows}
    lines = []
    for cell, task in dict.fromkeys((row["cell"], row["task"]) for row in rows):
        own = index.get((cell, task, real, control))
        if own is None:
            continue
        both = f"covariates + {real}", f"covariates + {control}"
        cells = [cell, task, shown(own), shown(index[cell, task, control, ""]), shown(own, "gain")]
        if (cell, task, *both) in index:
            cells += [shown(index[cell, task, name, "covariates"], "gain") for name in both]
            cells += [shown(index[cell, task, *both], "gain")]
        lines.append(cells)
    head = ["cells", "task", real, control, "gain of real"]
    head += ["real added to covariates", "control added", "gain of real, added"] if len(lines[0]) > len(head) else []
    return table(head, lines)


def _sequence(found: dict[str, Any]) -> list[str]:
    return [
        *_arms(found["features"], "RARE", "RARE, shuffled"),
        "",
        *_arms(found["kmers"], "6-mers", "6-mers, shuffled"),
    ]


def _motifs(found: dict[str, Any]) -> list[str]:
    return _arms(found["features"], "partner motifs", "unrelated motifs")


def _spacing(found: dict[str, Any]) -> list[str]:
    real, control = SPACINGS, OTHER_SPACINGS
    lines = [*_arms(found["spacing"], real, control), "", "Within pairs matched on expression, GC and CpG:", ""]
    index = {(row["cell"], row["task"], row["features"]): row for row in found["spacing_pairs"]}
    rows = []
    for cell, task in dict.fromkeys((row["cell"], row["task"]) for row in found["spacing_pairs"]):
        own = index[cell, task, real]
        rows.append([cell, task, str(own["pairs"]), shown(own), shown(index[cell, task, control]), shown(own, "gain")])
    lines += table(["cells", "task", "pairs", real, control, "gain of real"], rows)
    lines += [
        "",
        "Genes with a strong site (p < 1e-5), odds ratio v matched unresponsive genes with exact 95 % interval. p: "
        "share of control spacings at least as enriched, among the same half-sites as direct repeats at 3, 4, 6, 7, 9 "
        "and 10, and among those and 20 inverted and everted repeats. Both stringencies and all types are in the JSON.",
        "",
    ]
    rows = []
    for row in found["enrichment_ranks"]:
        if row["sites"] != "n_1e-5":
            continue
        odds = f"{row['odds_ratio']:.2f} [{row['low']:.2f}, {row['high']:.2f}]"
        genes = f"{row['direction']} ({row['n']:.0f})"
        near, every = (f"{row[f'median_{k}']:.2f} (to {row[f'max_{k}']:.2f})" for k in ("direct", "all"))
        rows.append(
            [row["cell"], genes, row["type"], odds, near, f"{row['p_direct']:.2f}", every, f"{row['p_all']:.2f}"]
        )
    head = ["cells", "genes", "type", "odds ratio", "direct controls: median (largest)", "p", "all controls", "p"]
    return [*lines, *table(head, rows)]


def _perturbation(found: dict[str, Any]) -> list[str]:
    lines = ["Method: retinoic-acid tables computed here beside the shared ones.", ""]
    rows = []
    for row in found["method_check"]:
        change = f"{row['pearson_log2fc']:.4f}" if "pearson_log2fc" in row else "–"
        counts = [str(row[key]) for key in ("called_here", "called_shared", "called_in_both")]
        rows.append([row["table"], change, *counts, f"{row['jaccard']:.2f}"])
    lines += table(["table", "r of log2 fold changes", "called here", "shared", "both", "Jaccard"], rows)
    names = ("up", "down", "unresponsive", "neither")
    lines += ["", "Eligible genes by status (rows TGF-β, columns retinoic acid; neither: ambiguous or untested). Fold "]
    lines[-1] += f"changes of the two correlate by {found['log2fc_correlation']:.2f}."
    counts = found["overlap"]
    lines += ["", *table(["", *names], [[a, *(str(counts.get(a, {}).get(b, 0)) for b in names)] for a in names])]
    lines += ["", "Responsive v unresponsive genes of each perturbation, ranked by either model:", ""]
    lines += _by_model(found["ranking"], ("model_of", "asked_about", "task"))
    lines += ["", "Genes that respond to exactly one of the two, those of the model's own perturbation as positives "]
    lines[-1] += (
        "(strict: the other leaves the gene flat; loose: not called there). 0.5: the model finds any inducible gene."
    )
    lines += ["", *_by_model(found["specificity"], ("rule", "genes", "model_of"))]
    lines += ["", "NB4 model, and the genes that PML-RARA induces in U-937:", ""]
    lines += _by_model(found["pml_rara"], ("question", "u937"))
    return lines


def _direction(found: dict[str, Any]) -> list[str]:
    return _by_model(found["direction"], ("cell",))


def _by_model(rows: Sequence[Row], keys: tuple[str, ...]) -> list[str]:
    """One line per question: each model's AUROC, and what the richer two gain over the covariates."""
    lines = []
    every = [tuple(str(row.get(key, "–")) for key in keys) for row in rows]
    for group in dict.fromkeys(every):
        own = {row["model"]: row for row, name in zip(rows, every, strict=True) if name == group}
        panel, stack = own["covariates + panel"], own["stack"]
        counts = f"{stack['n_positive']} v {stack['n'] - stack['n_positive']}"
        values = [shown(own["covariates"]), shown(panel), shown(stack), shown(panel, "gain"), shown(stack, "gain")]
        lines.append([*group, counts, *values])
    head = ["model of" if key == "model_of" else key.replace("_", " ") for key in keys]
    return table([*head, "genes", "covariates", "+ panel", "stack", "gain of panel", "gain of stack"], lines)
