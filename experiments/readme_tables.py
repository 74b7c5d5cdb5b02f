"""Write the measured tables of README and documentation between their markers, from the results of the other scripts.

python experiments/readme_tables.py
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from common import REPO, RESULTS
from sequence_tables import BRANCH, JOINED, SHIPPED, TWO_HEADS

from rarml.core.files import write_text

BASELINES = {
    "RARE rule (a DR1, DR2 or DR5)": "RARE rule",
    "covariates": "covariates",
    "covariates + chromatin": "+ chromatin",
    "covariates + co-expression panel": "+ co-expression panel",
}
PANEL = "covariates + co-expression panel"
JOINED_NAME = "joined k-mers"
SHOWN = {
    "small CNN from scratch": JOINED_NAME,
    JOINED: JOINED_NAME,
    SHIPPED: JOINED_NAME,
    "stack without sequence": "the stack",
    "stack": "the stack",
}
DESIGNS = {
    SHIPPED: "as shipped, with one encoder,",
    BRANCH: "the mean over encoders of five seeds",
    TWO_HEADS: "the best other design, a second head that reads gapped words (not shipped),",
}
TASKS = ("up v unresponsive", "down v unresponsive", "up v down")
MODELS = {"mcf-7": "MCF-7", "sh-sy5y": "SH-SY5Y", "neural-organoid": "organoid", "nb4": "NB4 (listed v not)"}


def main() -> None:
    """Fill every marked table."""
    for page, tables in pages().items():
        write_text(page, filled(page, tables))
        print(f"wrote {page}")


def pages() -> dict[Path, dict[str, str]]:
    """Which tables stand on which page, by the name of their marker."""
    ranks, tells = specificity()
    known = {"stack": stack_table(), "sequence": sequence_table(), "audit": audit_table()}
    both = {"specificity": f"{ranks}, and {tells}"}
    return {
        REPO / "README.md": {"summary": summary_table()} | both,
        REPO / "docs" / "concepts" / "what-the-model-cannot-know.md": both,
        REPO / "docs" / "what-the-models-know.md": known
        | both
        | {"difference": specific_difference(), "sequence-counts": sequence_counts()},
    }


def filled(page: Path, tables: Mapping[str, str]) -> str:
    """The text of a page with each table between its markers."""
    text = page.read_text(encoding="utf-8")
    for name, table in tables.items():
        pattern = re.compile(f"(<!-- {name} -->\n?).*?(<!-- /{name} -->)", re.DOTALL)
        if not pattern.search(text):
            raise SystemExit(f"{page.name} has no marker {name}")
        text = pattern.sub(lambda found, table=table: found.group(1) + table + found.group(2), text)
    return text


def summary_table() -> str:
    """A row per cell type: AUROC of covariates and of the stack for each task."""
    results = json.loads((RESULTS / "evaluation.json").read_text(encoding="utf-8"))
    found, whole = (pd.DataFrame(results[name]).query("metric == 'auroc'") for name in ("baselines", "whole"))
    covariates = found[found["baseline"] == "covariates"].set_index(["cell", "task"])["value"]
    whole = whole.set_index(["cell", "task"])
    lines = ["| AUROC: covariates → rarml [95 %] | " + " | ".join(TASKS) + " |", "|---|" + "---|" * len(TASKS)]
    for cell, name in MODELS.items():
        keys = [(cell, task) for task in TASKS]
        shown = [f"{covariates[key]:.2f} → {_interval(whole.loc[key])}" if key in whole.index else "–" for key in keys]
        lines.append(f"| {name} | " + " | ".join(shown) + " |")
    return "\n".join(lines) + "\n" + _made(results)


def stack_table() -> str:
    """A row per cell type and task: AUROC of baselines and stack, its gain over the hardest, and AUPRC beside peers."""
    results = json.loads((RESULTS / "evaluation.json").read_text(encoding="utf-8"))
    found, whole = pd.DataFrame(results["baselines"]), pd.DataFrame(results["whole"])
    whole = whole[whole["metric"] == "auroc"].set_index(["cell", "task"])
    heads = [*BASELINES.values(), "**stack**", "gain over covariates + panel", "AUPRC (chance)", "less the best peer's"]
    lines = ["| AUROC | " + " | ".join(heads) + " |", "|---|" + "---|" * len(heads)]
    for cell in MODELS:
        for task in TASKS:
            own = found[(found["cell"] == cell) & (found["task"] == task)]
            if own.empty:
                continue
            auroc = own[own["metric"] == "auroc"].set_index("baseline")
            auprc = own[own["metric"] == "auprc"]
            peer = auprc[auprc["kind"] == "peer"].sort_values("gain").iloc[0]
            shown = [f"{auroc.loc[name, 'value']:.2f}" if name in auroc.index else "–" for name in BASELINES]
            shown += [f"**{_interval(whole.loc[(cell, task)])}**", _gain(auroc.loc[PANEL])]
            first = auprc.iloc[0]
            shown += [f"{first['model']:.2f} ({first['prevalence']:.2f})", f"{_gain(peer)} ({peer['baseline']})"]
            lines.append(f"| {MODELS[cell]}: {task} | " + " | ".join(shown) + " |")
    return "\n".join(lines) + "\n" + _made(results)


def sequence_table() -> str:
    """A row per cell type and task: sequence models alone, and what sequence adds to the stack."""
    found = json.loads((RESULTS / "sequence_model.json").read_text(encoding="utf-8"))
    held_out = (
        pd.DataFrame(found["held_out"]).query("metric == 'auroc'").set_index(["cell", "task", "model", "against"])
    )
    heads = ["CNN from scratch", "joined k-mers", "sequence branch", "**gain over joined k-mers**", "stack without it"]
    lines = ["| AUROC [95 %] | " + " | ".join([*heads, "stack"]) + " |", "|---|" + "---|" * (len(heads) + 1)]
    for cell in MODELS:
        for task in TASKS:
            if (cell, task, SHIPPED, JOINED_NAME) not in held_out.index:
                continue
            rows = {name: held_out.loc[(cell, task, name, against)] for name, against in SHOWN.items()}
            shown = [_interval(rows[name]) for name in SHOWN]
            shown.insert(3, _gain(rows[SHIPPED]))
            lines.append(f"| {MODELS[cell]}: {task} | " + " | ".join(shown) + " |")
    return "\n".join(lines) + "\n"


def specificity() -> tuple[str, str]:
    """How the MCF-7 model ranks genes of another perturbation, and how it tells the two apart."""
    found = json.loads((RESULTS / "controls.json").read_text(encoding="utf-8"))
    stacks = [row for row in found["ranking"] if (row["model_of"], row["model"]) == ("mcf-7", "stack")]
    own, other = (
        next(row["auroc"] for row in stacks if (row["asked_about"], row["task"]) == (cell, "responsive v unresponsive"))
        for cell in ("mcf-7", "mcf-7 TGF-β")
    )
    apart = _specific(found, "loose", "mcf-7")
    return (
        f"genes of TGF-β nearly as well as genes of ATRA (AUROC {other:.2f} and {own:.2f} against flat genes)",
        f"tells genes of ATRA alone from those of TGF-β alone at {apart}",
    )


def specific_difference() -> str:
    """What the difference of two models reaches where one of them hardly tells the two perturbations apart."""
    found = json.loads((RESULTS / "controls.json").read_text(encoding="utf-8"))
    loose, strict = (_specific(found, rule, "mcf-7 less TGF-β") for rule in ("loose", "strict"))
    return f"{loose} (or {strict}, where genes on which the other perturbation is undecided are left out)"


def _specific(found: Mapping[str, Any], rule: str, model_of: str) -> str:
    wanted = {"rule": rule, "genes": "either direction", "model_of": model_of, "model": "stack"}
    row = next(row for row in found["specificity"] if all(row[key] == value for key, value in wanted.items()))
    return f"{row['auroc']:.2f} [{row['low']:.2f}, {row['high']:.2f}]"


def sequence_counts() -> str:
    """How often each design of the sequence branch clearly beats, or loses to, the joined k-mer models."""
    found = pd.DataFrame(json.loads((RESULTS / "sequence_model.json").read_text(encoding="utf-8"))["held_out"])
    found = found.query("metric == 'auroc' and against == @JOINED_NAME")
    said = []
    for name, words in DESIGNS.items():
        own = found[found["model"] == name]
        clear, worse = (own["gain_low"] > 0).sum(), (own["gain_high"] < 0).sum()
        said.append(f"{words} in {clear} of {len(own)} (clearly behind in {worse})")
    return "; ".join(said)


def audit_table() -> str:
    """The table of the eligibility audit."""
    text = (RESULTS / "eligibility_audit.md").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if line.startswith("|")) + "\n"


def _made(results: dict[str, Any]) -> str:
    """Date, seed and digests of what a table was made from."""
    facts = results["facts"]
    labels = " ".join(f"`{digest[:8]}`" for digest in facts["labels"].values())
    return f"\nMade on {facts['date']}, seed {facts['seed']}, from atlas `{facts['atlas'][:8]}` and labels {labels}.\n"


def _interval(row: pd.Series) -> str:
    return f"{row['value']:.2f} [{row['low']:.2f}, {row['high']:.2f}]"


def _gain(row: pd.Series) -> str:
    text = f"{row['gain']:+.3f} [{row['gain_low']:+.3f}, {row['gain_high']:+.3f}]"
    return f"**{text}**" if row["gain_low"] > 0 or row["gain_high"] < 0 else text


if __name__ == "__main__":
    main()
