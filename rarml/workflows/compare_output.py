"""A comparison as files: gene table, transfer matrix, correlations and the HTML report."""

from __future__ import annotations

from pathlib import Path

from rarml.core.files import atomic_folder
from rarml.report.compare_report import compare_html
from rarml.report.content import CompareContent
from rarml.workflows.calls import CALL_RULE
from rarml.workflows.compare import CompareResult
from rarml.workflows.model_info import model_info, provenance


def write_comparison(result: CompareResult, out: str | Path, *, overwrite: bool = False) -> list[Path]:
    """Write all files of a comparison to the folder `out`, whole or not at all; the written paths."""
    content = CompareContent(
        genes=result.genes,
        correlations=result.correlations,
        transfer=result.transfer,
        models=tuple(model_info(bundle.manifest.model_dump(mode="json")) for bundle in result.bundles),
        call_rule=CALL_RULE,
        provenance=provenance(result.bundles),
    )
    tables = {"genes": result.genes, "transfer": result.transfer, "correlations": result.correlations}
    with atomic_folder(out, overwrite=overwrite) as folder:
        for name, table in tables.items():
            table.to_csv(folder / f"{name}.tsv", sep="\t", index=False, float_format="%.5g")
        (folder / "report.html").write_text(compare_html(content), encoding="utf-8")
    return [Path(out) / name for name in ("report.html", *(f"{name}.tsv" for name in tables))]
