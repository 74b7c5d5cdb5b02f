"""The page of files and columns: what rarml reads and writes."""

from __future__ import annotations

import inspect
import json

from docs.generate.columns import MANIFESTS
from docs.generate.markdown import code, fill, table, words
from docs.generate.tables import all_tables, columns_table, listed
from rarml.bundle.manifest import FORMAT_VERSION, BundleManifest
from rarml.core.schema import attribute_words
from rarml.core.shipped import models_folder
from rarml.labels.calling import STATUSES
from rarml.labels.identifiers import ID_NAMES
from rarml.labels.known_dialects import DIALECTS, ROLES
from rarml.reference import samples
from rarml.workflows.bench_output import FILES as BENCH_FILES
from rarml.workflows.export import FORMATS as EXPORT_FORMATS
from rarml.workflows.scan_writers import FORMATS as SCAN_FORMATS

COMPARE = {
    "genes": "every gene that at least one model judges",
    "transfer": "how each model predicts the labels of each",
    "correlations": "how alike the models rank genes",
    "consensus": "what the models say together",
    "core": "genes that all models, or all but one of four or more, call in one direction",
    "specific": "genes that one model alone calls",
    "intersections": "sizes of the exact intersections of the called, and of the measured sets",
    "overlaps": "overlap of every pair of sets",
    "differences": "genes on which two models differ most; columns `why:…` are the log-odds that each kind of evidence "
    "adds to the difference",
    "receptors": "expression of the retinoid receptors in the stand-in cells",
    "known_targets": "agreement with the targets of `--known`",
}


def page() -> str:
    """The page as Markdown: the template with its tables put in."""
    tables = {name: columns_table(name, found) for name, found in all_tables().items()}
    compare = [f"### {name}.tsv\n\nHolds {text}.\n\n{tables[f'compare {name}']}" for name, text in COMPARE.items()]
    parts = {
        "DIALECTS": _dialects(),
        "ID_NAMES": listed(ID_NAMES),
        "ROLES": listed(ROLES),
        "STATUSES": listed(STATUSES),
        "SAMPLE_SHEET": listed(samples.COLUMNS),
        "SCAN_ENDINGS": listed(SCAN_FORMATS),
        "BUNDLE_VERSION": str(FORMAT_VERSION),
        "BUNDLE": _bundle(),
        "ATLAS": _manifest("atlas"),
        "ENCODER": _manifest("encoder"),
        "EXPORT": table(["`--format`", "files"], ([code(name), text] for name, text in EXPORT_FORMATS.items())),
        "BENCH": table(["file", "holds"], ([code(name), text] for name, text in BENCH_FILES.items())),
        "COMPARE": "\n\n".join(compare),
        **{f"COLUMNS:{name}": text for name, text in tables.items() if not name.startswith("compare ")},
    }
    return fill("formats", **parts)


def _dialects() -> str:
    rows = []
    for one in DIALECTS:
        change = listed(one.log2fc) or "named after the condition"
        rows.append([one.name, change, listed(one.padj), listed(one.base_mean), one.base_mean_means])
    return table(["written by", "log2 fold change", "adjusted p", "base mean", "which is"], rows)


def _bundle() -> str:
    said = attribute_words(inspect.getdoc(BundleManifest) or "")
    return table(["key", "meaning"], ([code(name), words(said[name])] for name in BundleManifest.model_fields))


def _manifest(kind: str) -> str:
    content = json.loads((models_folder() / kind / "manifest.json").read_text(encoding="utf-8"))
    said = MANIFESTS[kind]
    if set(content) != set(said):
        raise KeyError(f"{kind}/manifest.json: {sorted(set(content) ^ set(said))} differ from docs/generate/columns.py")
    return table(["key", "meaning"], ([code(name), text] for name, text in said.items()))
