"""Score a gene list with one or many models: names in, one row per name and model out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from rarml.bundle.load import Bundle, load_bundle
from rarml.bundle.registry import find_model, list_models, shipped_atlas
from rarml.core.errors import InputError
from rarml.estimators.prediction_sets import prediction_sets
from rarml.features.atlas import Atlas, load_atlas
from rarml.features.atlas_build import RAR_TYPES
from rarml.labels.orthologues import read_orthologues
from rarml.reference.species import HUMAN, OF_ASSEMBLY
from rarml.workflows.calls import NOT_JUDGED, OTHER_SPECIES, call_words, gene_flags
from rarml.workflows.gene_predictions import gene_predictions
from rarml.workflows.prevalence import expected_shares
from rarml.workflows.score_species import (
    GIVE_TABLE,
    OTHER_ATLAS_WORDS,
    OTHER_SPECIES_WORDS,
    any_foreign,
    foreign_note,
    is_other_species,
    orthologue_notes,
    resolve_orthologues,
)

CLASSES = ("up", "down", "unresponsive")
SET_LEVEL = 0.9
SITE_COLUMNS = ("type", "score", "pvalue", "chrom", "start", "end", "strand", "tss_distance")


@dataclass(frozen=True)
class ScoreResult:
    """Answers for a gene list.

    Attributes
    ----------
    table : DataFrame
        One row per input name and model, ordered by model and then by the input: `query`, `gene_id`, `symbol`,
        `mapping`, `note`, `model`, `cell_type`, `call`, probabilities with intervals, conformal p-values
        (`conformal_<class>`), `not_ruled_out` (the classes of the prediction set, joined by "|"; missing for a gene
        that is not judged), `gain`, `rank`, `rank_of`, `flags`, `measured`, and the best RARE (`rare_*`).
    sites : DataFrame
        All called RAREs of the mapped genes.
    bundles : list of Bundle
        The models, in order.
    resolved : DataFrame
        One row per input name: `query`, `gene_id`, `symbol`, `status`, `via`, `note`.
    genes : DataFrame
        The atlas' rows of the mapped genes.
    shares : list of dict
        Per model the class shares at which probabilities are given.
    level : float
        Of the prediction sets.
    assembly : str
        Of the atlas, for coordinates.
    other_species : str
        What the answers rest on where the genes are of another species than the models; '' where they are not.
    notes : list of str
        What a user should know of the names given.
    """

    table: pd.DataFrame
    sites: pd.DataFrame
    bundles: list[Bundle]
    resolved: pd.DataFrame
    genes: pd.DataFrame
    shares: list[dict[str, float]]
    level: float
    assembly: str
    other_species: str = ""
    notes: list[str] = field(default_factory=list)


def score(
    names: Sequence[str],
    models: Sequence[str | Path] = (),
    *,
    atlas: str | Path | None = None,
    prevalence: Mapping[str, float] | None = None,
    level: float = SET_LEVEL,
    orthologues: str | Path | None = None,
) -> ScoreResult:
    """Predict the ATRA response of each named gene.

    Parameters
    ----------
    names : sequence of str
        Symbols, aliases, Ensembl, Entrez or HGNC ids, in any mix; a row comes back for each, in the same order.
    models : sequence of str or Path
        Model folders or names of shipped models; all shipped ones by default.
    atlas : str or Path, optional
        Atlas or built reference; the shipped one by default.
    prevalence : mapping of str to float, optional
        Expected share of up and of down genes among eligible ones; each model's training genes' own by default.
    level : float
        Of the prediction sets, between 0 and 1.
    orthologues : str or Path, optional
        Table of another species' genes and their human orthologues (`rarml.labels.orthologues`): the names are looked
        up in it, a name with several orthologues has a row for each, column `orthology` says which kind it is, and all
        rows are flagged.

    Raises
    ------
    InputError
        If no name is given, none of them is a gene that can be answered, or a share or the level is out of range.
    BundleError
        If a model cannot be found, is damaged, or needs columns that the atlas lacks.
    """
    if not names:
        raise InputError("no gene was named", fix="give symbols, a file, or - for standard input")
    bundles = [load_bundle(find_model(model)) for model in (models or list_models())]
    if not bundles:
        raise InputError("no models found", fix="name one with --model, or train one with rarml train")
    source = _open_atlas(atlas if atlas is not None else shipped_atlas(), bundles)
    resolved, notes, other_species = _resolve(list(names), source, orthologues)
    wanted = list(dict.fromkeys(gene for gene in resolved["gene_id"].dropna() if gene in source.genes.index))
    if not wanted:
        first, species = resolved.iloc[0], OF_ASSEMBLY.get(str(source.manifest["assembly"]), HUMAN)
        if orthologues is None and any_foreign(resolved):
            what = f"none of the {len(resolved):,} names is a human gene (the first is {first['query']!r})"
            raise InputError(what, fix=GIVE_TABLE)
        raise InputError(
            f"none of the {len(resolved):,} names is a gene of the atlas (the first, {first['query']!r}, "
            f"{first['note'] or 'is outside it'})",
            fix="see that the names are spelt as in the table of orthologues"
            if orthologues is not None
            else f"give {species.name} symbols, Ensembl, Entrez or HGNC ids; see rarml check",
        )
    assembly = str(source.manifest["assembly"])
    if not other_species and any(is_other_species(bundle.manifest.assembly, assembly) for bundle in bundles):
        other_species = OTHER_ATLAS_WORDS
        notes = [*notes, other_species]
    sites = source.sites[source.sites["gene_id"].isin(wanted)]
    best = best_sites(sites)
    shares = [expected_shares(bundle.manifest.prevalence, prevalence or {}) for bundle in bundles]
    parts = [
        _score_one(bundle, source, resolved, wanted, own, level, through=orthologues is not None).join(
            best, on="gene_id"
        )
        for bundle, own in zip(bundles, shares, strict=True)
    ]
    return ScoreResult(
        table=pd.concat(parts, ignore_index=True),
        sites=sites.reset_index(drop=True),
        bundles=bundles,
        resolved=resolved,
        genes=source.genes.loc[wanted],
        shares=shares,
        level=level,
        assembly=assembly,
        other_species=other_species,
        notes=notes,
    )


def best_sites(sites: pd.DataFrame) -> pd.DataFrame:
    """The best called RARE of each gene as `rare_*` columns, and their number.

    Spacings that RAR is known to use (`RAR_TYPES`) go before all others, then the least p-value.
    """
    ranked = sites.assign(other=~sites["type"].isin(RAR_TYPES))
    first = ranked.sort_values(["other", "pvalue", "gene_id", "start"], kind="stable").drop_duplicates("gene_id")
    best = first.set_index("gene_id")[list(SITE_COLUMNS)].add_prefix("rare_")
    best["rare_count"] = sites.groupby("gene_id").size()
    return best


def _resolve(names: list[str], atlas: Atlas, orthologues: str | Path | None) -> tuple[pd.DataFrame, list[str], str]:
    """A row per name (or per orthologue), notes, and what the answers rest on if the genes are of another species."""
    if orthologues is not None:
        table = read_orthologues(orthologues)
        resolved = resolve_orthologues(names, table, atlas.names)
        return resolved, orthologue_notes(resolved, table), OTHER_SPECIES_WORDS
    resolved = atlas.names.resolve(names)
    human = not is_other_species(str(atlas.manifest["assembly"]), "GRCh38")
    said = foreign_note(resolved) if human else ""
    return resolved, [said] if said else [], ""


def _open_atlas(folder: str | Path, bundles: Sequence[Bundle]) -> Atlas:
    """The atlas, with feature values only if a model has no stored predictions for it."""
    bare = load_atlas(folder, columns=[])
    return bare if all(bundle.manifest.atlas_digest == bare.digest for bundle in bundles) else load_atlas(folder)


def _score_one(
    bundle: Bundle,
    atlas: Atlas,
    resolved: pd.DataFrame,
    wanted: list[str],
    shares: dict[str, float],
    level: float,
    *,
    through: bool,
) -> pd.DataFrame:
    manifest, labels = bundle.manifest, bundle.labels
    other = is_other_species(manifest.assembly, str(atlas.manifest["assembly"]))
    chosen = gene_predictions(bundle, atlas, shares, any_species=True).reindex(wanted)
    answer = pd.DataFrame(index=pd.Index(wanted, name="gene_id"))
    answer["call"] = call_words(chosen, shares, labels["eligibility"])
    for name in CLASSES:
        for column in (f"p_{name}", f"p_{name}_low", f"p_{name}_high", f"covariates_{name}", f"conformal_{name}"):
            answer[column] = chosen.get(column, np.nan)
    # the sets hold for genes drawn like the training genes, which those that are not judged are not
    kept = _not_ruled_out(chosen, manifest.classes, level)
    answer["not_ruled_out"] = pd.Series(kept, index=answer.index, dtype=object).mask(answer["call"] == NOT_JUDGED)
    answer["gain"] = chosen["gain"]
    answer["rank"] = chosen["rank"]
    flags = gene_flags(chosen, labels, atlas.genes, other_species=other)
    if through:  # the human gene's own flags stay beside it
        flags = (OTHER_SPECIES + "; " + flags).str.removesuffix("; ")
    if through or other:
        answer["not_ruled_out"] = pd.Series(np.nan, index=answer.index, dtype=object)
    answer["flags"] = flags
    answer["measured"] = labels["status"].reindex(wanted).fillna("untested").astype(object)
    rows = resolved.rename(columns={"status": "mapping"}).drop(columns="via")
    rows["model"] = manifest.name
    rows["cell_type"] = manifest.cell_type
    # of another species every gene of the atlas is ranked, see gene_predictions
    rows["rank_of"] = len(atlas.genes) if other else int((labels["eligibility"] == "eligible").sum())
    return rows.join(answer, on="gene_id")


def _not_ruled_out(chosen: pd.DataFrame, classes: Sequence[str], level: float) -> list[str | float]:
    """The classes in the prediction set of each gene, joined by "|"; NaN for a gene without an answer."""
    p_values = chosen[[f"conformal_{name}" for name in classes]].to_numpy(dtype=np.float64)
    kept = prediction_sets(p_values, level)
    words = np.empty(len(kept), dtype=object)
    for row in np.unique(kept, axis=0):
        words[(kept == row).all(axis=1)] = "|".join(name for name, inside in zip(classes, row, strict=True) if inside)
    words[np.isnan(p_values).any(axis=1)] = np.nan
    answer: list[str | float] = words.tolist()
    return answer
