"""Scoring genes of another species than the model's: through a table of orthologues, or by an atlas of their own."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import pandas as pd

from rarml.labels.orthologues import Orthologues
from rarml.reference.gene_names import OTHER_SPECIES as FOREIGN_ID
from rarml.reference.gene_names import GeneNames
from rarml.reference.species import HUMAN, OF_ASSEMBLY, looks_foreign

ONE, SEVERAL = "one", "several"
_NAMED = 3
GIVE_TABLE = "for genes of another species give --orthologues with a table of their human genes"
OTHER_SPECIES_WORDS = (
    "every answer is that of the human gene in human cells, and flagged 'out of domain: other species': whether the "
    "gene of another species responds alike was not tested, and the RAREs are those of the human promoter"
)
OTHER_ATLAS_WORDS = (
    "the model was trained on another species than the atlas is of: every gene is flagged 'out of domain: other "
    "species', and probabilities and intervals are not calibrated there"
)


def is_other_species(trained_on: str, assembly: str) -> bool:
    """Whether a model of the assembly `trained_on` is asked about genes of another species' assembly."""
    return OF_ASSEMBLY.get(trained_on, HUMAN) is not OF_ASSEMBLY.get(assembly, HUMAN)


def resolve_orthologues(queries: Sequence[str], table: Orthologues, names: GeneNames) -> pd.DataFrame:
    """Map names of another species' genes to genes of the atlas.

    Parameters
    ----------
    queries : sequence of str
        Ids or symbols, as the table has them.
    table : Orthologues
    names : GeneNames
        Of the atlas.

    Returns
    -------
    DataFrame
        As of `GeneNames.resolve`, in the order of the input, with a row for each human gene of a name that has several,
        and `orthology`: ``one to one``, ``one to several``, ``several to one`` (other genes of the table have the same
        human gene) or ``several to several``; '' where a name has no human gene.
    """
    rows: list[dict[Hashable, object]] = []
    for query in queries:
        human = table.of(query)
        if not human:
            why = "not in the table of orthologues" if human is None else "the table names no human orthologue"
            rows.append({"query": query, "status": "unmapped", "note": why, "orthology": ""})
            continue
        many = SEVERAL if len(human) > 1 else ONE
        for name, found in zip(human, names.resolve(human).to_dict("records"), strict=True):
            count = f", one of {len(human)}" if len(human) > 1 else ""
            said = f"orthologue {name}{count}" + (f": {found['note']}" if found["note"] else "")
            few = SEVERAL if name in table.shared else ONE
            rows.append({**found, "query": query, "note": said, "orthology": f"{few} to {many}"})
    columns = ["query", "gene_id", "symbol", "status", "via", "note", "orthology"]
    answers = pd.DataFrame(rows, columns=columns, dtype=object)
    return answers.where(answers.notna(), None)


def orthologue_notes(resolved: pd.DataFrame, table: Orthologues) -> list[str]:
    """What became of the names, in two lines."""
    mapped = resolved[resolved["status"] == "mapped"]
    kinds = mapped.drop_duplicates("query")["orthology"].value_counts()
    named = resolved["query"].nunique()
    said = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())
    absent = int((resolved["note"] == "not in the table of orthologues").sum())
    without = named - mapped["query"].nunique() - absent
    columns = " | ".join(table.columns)
    return [
        f"orthologues ({table.file}, {table.rows:,} rows, read: {columns}): {mapped['query'].nunique():,} of {named:,} "
        f"names have a human gene ({said or 'none'}; {len(mapped):,} rows); {without:,} without one, {absent:,} not in "
        "the table",
        OTHER_SPECIES_WORDS,
    ]


def foreign_note(resolved: pd.DataFrame) -> str:
    """One line about names that look like those of another species, '' if none does."""
    foreign = resolved[resolved["query"].map(looks_foreign).to_numpy(dtype=bool)].drop_duplicates("query")
    if foreign.empty:
        return ""
    read = int((foreign["status"] == "mapped").sum())
    left = len(foreign) - read
    parts = [f"{read:,} were read as the human genes of these names"] if read else []
    parts += [f"{left:,} have no answer"] if left else []
    shown = ", ".join(foreign["query"].head(_NAMED)) + (", …" if len(foreign) > _NAMED else "")
    return f"{len(foreign):,} names look like genes of another species ({shown}): {'; '.join(parts)}; {GIVE_TABLE}"


def any_foreign(resolved: pd.DataFrame) -> bool:
    """Whether a name at least is of another species."""
    return bool((resolved["note"] == FOREIGN_ID).any() or resolved["query"].map(looks_foreign).any())
