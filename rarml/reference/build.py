"""Building a `Reference` folder from its inputs, or finding that the one there is still right."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

import rarml
from rarml.core.errors import InputError
from rarml.core.files import atomic_folder, require_file, require_new, sha256_file, sha256_text, write_json
from rarml.reference.contigs import check_lengths, contig_overlap
from rarml.reference.expression import map_expression, read_expression
from rarml.reference.gene_ids import GeneNames, build_gene_names
from rarml.reference.gene_table import GeneModel, build_gene_model, read_tiers
from rarml.reference.genome import open_genome
from rarml.reference.peaks import read_peaks
from rarml.reference.samples import read_sample_sheet
from rarml.reference.spec import PATH_KEYS, ReferenceSpec
from rarml.reference.species import species_of
from rarml.reference.store import (
    FORMAT_VERSION,
    KIND,
    MANIFEST_NAME,
    Reference,
    digest_folder,
    is_reference,
    read_reference_manifest,
    write_table,
    write_tracks,
)
from rarml.reference.tracks import summarise_tracks
from rarml.reference.windows import cut_windows

# A window counts as sequence if at least half of its bases are known; less leaves too little to search or to count.
MIN_KNOWN_SHARE = 0.5

Inputs = dict[str, dict[str, str]]


def build_reference(
    spec: ReferenceSpec,
    out: str | Path,
    *,
    overwrite: bool = False,
    complete: Callable[[Reference], object] | None = None,
) -> Reference:
    """Build a reference, or return the one at `out` if it was built from the same inputs with the same settings.

    The folder appears only when it is whole; an earlier one stays until then.

    Parameters
    ----------
    spec : ReferenceSpec
        With absolute paths, as of `load_reference_spec`.
    out : str or Path
        The folder.
    overwrite : bool
        Allow to replace a reference that was built from something else.
    complete : callable, optional
        Adds to the folder of the new reference (its atlas) before that takes the place of an earlier one.

    Returns
    -------
    Reference
        `Reference.lines` says what was used: contig overlap of each file, counts, what was left out.

    Raises
    ------
    InputError
        For a bad input (named); if `out` was built from something else and `overwrite` is false; or if `out` holds
        anything that is no reference.
    """
    folder = Path(out)
    inputs = input_digests(spec)
    digest = sha256_text(
        json.dumps([FORMAT_VERSION, rarml.__version__, spec.choices(), inputs], sort_keys=True, ensure_ascii=False)
    )
    if is_current(folder, digest):
        return Reference.open(folder)
    _require_replaceable(folder, inputs, spec, overwrite=overwrite)
    model = build_gene_model(spec)
    with atomic_folder(folder, overwrite=overwrite) as temporary:
        manifest = _write(spec, model, temporary)
        manifest |= {
            "kind": KIND,
            "format_version": FORMAT_VERSION,
            "rarml_version": rarml.__version__,
            "assembly": spec.assembly,
            "window": list(spec.window),
            "settings": spec.choices(),
            "inputs": inputs,
            "digest": digest,
            "dropped": model.dropped,
            "lines": model.lines,
            "files": digest_folder(temporary),
        }
        write_json(temporary / MANIFEST_NAME, manifest)
        if complete is not None:
            complete(Reference.open(temporary, verify=False))
    return Reference.open(folder, verify=False)


def input_digests(spec: ReferenceSpec) -> Inputs:
    """Name and SHA-256 of every input file, the tracks of the sample sheet included, by role.

    The name of a track that the sheet marks as treated says so.
    """
    found: Inputs = {}
    for key in PATH_KEYS:
        file = spec.path(key)
        if file is not None:
            require_file(file, kind=f"{key} file")
            found[key] = {"name": file.name, "sha256": sha256_file(file)}
    sheet = spec.path("tracks")
    if sheet is not None:
        samples = read_sample_sheet(sheet)
        for file, treated in zip(map(Path, samples["file"]), samples["treated"], strict=True):
            # the audit of a model sees names alone: what the sheet says must be in one
            name = f"{file.name} (of treated cells)" if treated else file.name
            found[f"track {file.name}"] = {"name": name, "sha256": sha256_file(file)}
    return found


def is_current(folder: Path, digest: str) -> bool:
    """Whether `folder` is a whole reference that was built from inputs and settings of this digest."""
    try:
        manifest = read_reference_manifest(folder)
    except InputError:
        return False
    return manifest.get("digest") == digest and all((folder / name).is_file() for name in manifest["files"])


def _require_replaceable(folder: Path, inputs: Inputs, spec: ReferenceSpec, *, overwrite: bool) -> None:
    """Refuse to touch a folder that is no reference at all, and, unless told to, one built from something else."""
    if not is_reference(folder):
        # Even with --overwrite: a mistyped --out must not cost anybody a folder of other work.
        require_new(folder)
        return
    if overwrite:
        return
    earlier = read_reference_manifest(folder)
    changed = [key for key in {**inputs, **earlier["inputs"]} if inputs.get(key) != earlier["inputs"].get(key)]
    changed += [key for key, value in spec.choices().items() if earlier["settings"].get(key) != value]
    raise InputError(
        f"was built from something else ({', '.join(changed[:4]) or 'another version of rarml'} changed)",
        where=folder,
        fix="replace it with --overwrite, or choose another --out",
    )


def _write(spec: ReferenceSpec, model: GeneModel, folder: Path) -> dict[str, Any]:
    """Write all parts; returns what the manifest says of them."""
    promoters = model.promoters
    soft_masked = _write_sequences(spec, model, folder)
    symbols = pd.Series(model.symbols, dtype=object).reindex(promoters["gene_id"].unique()).fillna("")
    listed = symbols.to_frame("symbol").rename_axis("gene_id")
    names = build_gene_names(listed, spec.path("gene_info"), species_of(spec.assembly))
    names.write(folder / "names.parquet")
    genes = _genes(spec, promoters, names)
    write_table(genes, folder / "genes.parquet")
    write_table(promoters, folder / "promoters.parquet")
    _write_tracks(spec, model, folder)
    _write_expression(spec, model, names, folder)
    _write_islands(spec, model, folder)
    with_sequence = int(genes["has_sequence"].sum())
    if spec.genome is not None:
        model.lines.append(f"{with_sequence:,} of {len(genes):,} genes have sequence")
    counts = {"genes": len(genes), "promoters": len(promoters), "genes_with_sequence": with_sequence}
    counts |= {f"dropped {reason}": len(gone) for reason, gone in model.dropped.items()}
    return {"sequence": spec.genome is not None, "soft_masked": soft_masked, "counts": counts}


def _genes(spec: ReferenceSpec, promoters: pd.DataFrame, names: GeneNames) -> pd.DataFrame:
    by_gene = promoters.groupby("gene_id", sort=True)
    genes = promoters[promoters["is_primary"]].set_index("gene_id")[["chrom", "strand", "tss", "source"]]
    genes = genes.rename(columns={"source": "tss_source"}).sort_index()
    genes.insert(0, "symbol", [names.symbols.get(str(gene), "") for gene in genes.index])
    genes["n_promoters"] = by_gene.size()
    tiers = read_tiers(Path(spec.tiers)) if spec.tiers is not None else {}
    genes["tier"] = [tiers.get(str(gene), "") for gene in genes.index]
    genes["has_sequence"] = by_gene["bases_known"].max() >= MIN_KNOWN_SHARE * sum(spec.window)
    return genes


def _write_sequences(spec: ReferenceSpec, model: GeneModel, folder: Path) -> bool:
    if spec.genome is None:
        model.promoters["bases_known"] = pd.Series(0, index=model.promoters.index, dtype="int32")
        model.lines.append("no genome given: no sequence")
        return False
    genome = open_genome(spec.genome)
    genome.check_assembly(spec.assembly)
    overlap = contig_overlap(genome.path, genome.names, model.promoters["chrom"].unique())
    model.lines.append(f"genome {overlap.line()}; {genome.describe()}")
    cut = cut_windows(genome, model.promoters, spec.window, folder / "sequences")
    model.promoters["bases_known"] = cut.bases_known
    if not cut.soft_masked:
        model.lines.append("genome is not soft-masked: repeats cannot be told from its letters")
    return cut.soft_masked


def _write_tracks(spec: ReferenceSpec, model: GeneModel, folder: Path) -> None:
    if spec.tracks is None:
        return
    sheet = read_sample_sheet(spec.tracks)
    summary = summarise_tracks(model.promoters, sheet, allow_treated=spec.allow_treated, assembly=spec.assembly)
    write_tracks(summary, folder / "tracks")
    model.lines += [f"track {overlap.line()}" for overlap in summary.overlaps]
    model.lines.append(f"{len(summary.tracks)} tracks of {len(sheet)} files")


def _write_expression(spec: ReferenceSpec, model: GeneModel, names: GeneNames, folder: Path) -> None:
    if spec.expression is None:
        return
    table, counts = map_expression(read_expression(spec.expression), names)
    if table.empty:
        raise InputError(
            "none of its genes is in the annotation",
            where=spec.expression,
            fix=f"is it {species_of(spec.assembly).name}?",
        )
    write_table(table.rename_axis("gene_id"), folder / "expression.parquet")
    said = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    model.lines.append(f"expression {Path(spec.expression).name}: {table.shape[1]} samples; genes {said}")


def _write_islands(spec: ReferenceSpec, model: GeneModel, folder: Path) -> None:
    if spec.cpg_islands is None:
        return
    islands = read_peaks(spec.cpg_islands)
    overlap = contig_overlap(spec.cpg_islands, islands.attrs["contigs"], model.promoters["chrom"].unique())
    ends = {str(chrom): int(end) for chrom, end in islands.groupby("chrom")["end"].max().items()}
    check_lengths(ends, spec.assembly, spec.cpg_islands, exact=False)
    kept = islands.loc[islands["chrom"].isin(overlap.shared), ["chrom", "start", "end"]]
    write_table(kept.sort_values(["chrom", "start", "end"]).reset_index(drop=True), folder / "cpg_islands.parquet")
    model.lines.append(f"CpG islands {overlap.line()}; {len(kept):,} islands")
