"""The feature blocks by name: adding one is one new module and one line here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from rarml.core.errors import MissingPartError, SettingsError, did_you_mean
from rarml.features.compact import KEPT_BITS

if TYPE_CHECKING:
    import pandas as pd

    from rarml.reference.store import Reference


@dataclass(frozen=True)
class Block:
    """A group of feature columns that are computed, left out and reported together.

    Parameters
    ----------
    name : str
        First part of its column names, ``{name}:...``.
    module : str
        Module of this room that holds ``build(reference) -> DataFrame``; imported when first used.
    what : str
        One line for reports.
    needs : str or None
        The part of a `Reference` without which the block has no columns.
    kept_bits : int
        Binary digits after the leading one that an atlas keeps of its values (see `compact.round_significant`).
    encoded : bool
        Whether the block is the work of promoter encoders: its `build` takes their folder too.
    """

    name: str
    module: str
    what: str
    needs: str | None = None
    kept_bits: int = KEPT_BITS
    encoded: bool = False

    def build(self, reference: Reference, encoder: Path | None = None) -> pd.DataFrame:
        """The block's columns for every gene of `reference`, float32, missing values NaN."""
        build = import_module(f"rarml.features.{self.module}").build
        frame: pd.DataFrame = build(reference, encoder) if self.encoded else build(reference)
        return frame

    def available(self, reference: Reference) -> bool:
        """Whether `reference` holds what the block needs."""
        return self.needs is None or getattr(reference, self.needs) is not None


_ALL = (
    Block("rare", "rare_block", "retinoic acid response elements by type and spacing", "sequences"),
    Block("partners", "partner_block", "motifs of the factors that gate or rival RAR", "sequences", 6),
    Block(
        "sequence",
        "sequence_block",
        "chromatin and expression as encoders read them off bases",
        "sequences",
        6,
    ),
    Block("composition", "composition", "base content, CpG island, core-promoter elements, neighbours"),
    Block("chromatin", "chromatin", "peaks of untreated cells at and around the promoters", "tracks", 6),
    Block("expression", "expression_block", "level and spread over untreated cell lines and tissues", "expression"),
    Block("coexpression", "coexpression", "components of the whole untreated panel", "expression", 6),
)
BLOCKS: dict[str, Block] = {block.name: block for block in _ALL}


def block_of(column: str) -> str:
    """The block that a column belongs to: the part of its name before the first colon."""
    return column.partition(":")[0]


def check_blocks(names: Iterable[str], *, where: str | None = None) -> list[str]:
    """`names` in the order of `BLOCKS`, each once; an unknown one is a `SettingsError` with a suggestion."""
    wanted = list(names)
    for name in wanted:
        if name not in BLOCKS:
            raise SettingsError(f"unknown feature block {name!r}", where=where, fix=did_you_mean(name, BLOCKS))
    return [name for name in BLOCKS if name in wanted]


def blocks_for(reference: Reference, names: Iterable[str] | None = None) -> list[Block]:
    """The blocks to build: those named, or by default all that `reference` has the inputs for.

    Raises
    ------
    SettingsError
        If a name is unknown.
    MissingPartError
        If a block that was asked for by name lacks its input.
    """
    if names is None:
        return [block for block in BLOCKS.values() if block.available(reference)]
    chosen = [BLOCKS[name] for name in check_blocks(names)]
    for block in chosen:
        if not block.available(reference):
            raise MissingPartError(
                f"feature block {block.name!r} needs {block.needs}, which this reference lacks",
                where=getattr(reference, "path", None),
                fix=f"add {block.needs} to the reference's configuration, or leave the block out",
            )
    return chosen
