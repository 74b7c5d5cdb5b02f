"""The pages of the shipped models: their cards as training wrote them, and a table of all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from docs.generate.markdown import MADE, fill, table
from rarml.bundle.manifest import BundleManifest, read_manifest
from rarml.bundle.registry import list_models

REPO = Path(__file__).resolve().parents[2]
MODELS = REPO / "models"


def pages() -> dict[str, Callable[[], str]]:
    """What makes each page, by its path in docs/."""
    cards = {f"model-cards/{path.name}.md": partial(_card, path) for path in list_models(MODELS)}
    return {"model-cards/index.md": _index, **cards}


def _index() -> str:
    found = [(path.name, read_manifest(path)) for path in list_models(MODELS)]
    header = ["model", "cells", "genes trained on", "told apart", "held-out AUROC [95 %]", "covariates alone"]
    return fill("model_cards", MODELS=table(header, [row for name, manifest in found for row in _rows(name, manifest)]))


def _rows(name: str, manifest: BundleManifest) -> Iterator[list[str]]:
    """One row per comparison; what is the same in all stands in the first."""
    counts = ", ".join(f"{manifest.counts.get(f'eligible_{one}', 0):,} {one}" for one in manifest.classes)
    mark = ", experimental" if manifest.experimental else ""
    facts = [f"[{name}]({name}.md)", manifest.cell_type + mark, counts]
    for row in manifest.metrics:
        if row["metric"] == "auroc":
            shown = f"{row['value']:.2f} [{row['low']:.2f}, {row['high']:.2f}]"
            yield [*facts, _unbroken(row["task"]), _unbroken(shown), f"{row['baseline']:.2f}"]
            facts = [""] * len(facts)


def _unbroken(text: str) -> str:
    return text.replace(" ", "&nbsp;")


def _card(path: Path) -> str:
    text = (path / "MODEL_CARD.md").read_text(encoding="utf-8")
    if re.search(r"\]\((?![a-z]+:|#)", text):
        raise ValueError(f"{path.name}: a card with a relative link needs it turned")
    title, _, rest = text.partition("\n")
    return f"{title}\n\n{MADE}\n{rest}"
