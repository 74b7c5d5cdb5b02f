"""Which columns a cell-type model sees.

The rule, in full:

1. Only columns of the blocks that are named.
2. `chromatin`: only of the cells named (their column names are ``chromatin:{CELL}:{MARK}:{metric}``); all if None.
3. `expression`: the summaries over the panel, and ``expression:level:{SAMPLE}`` of the stand-in samples only. The level
   in any other cell is not *this* cell's expression; the whole panel has its own block, `coexpression`.
4. Never the columns that describe how complete the data are (`composition.AVAILABILITY`), not the gene.
"""

from __future__ import annotations

from collections.abc import Sequence

from rarml.core.errors import SettingsError, did_you_mean
from rarml.features.composition import AVAILABILITY
from rarml.features.expression_block import LEVEL
from rarml.features.registry import block_of, check_blocks

_CHROMATIN = "chromatin"


def select_columns(
    columns: Sequence[str],
    blocks: Sequence[str],
    *,
    chromatin_cells: Sequence[str] | None = None,
    stand_in: Sequence[str] = (),
) -> list[str]:
    """The columns of a model, in the order of `columns`; see the rule at the top of this module.

    Parameters
    ----------
    columns : sequence of str
        All columns at hand, e.g. of an atlas.
    blocks : sequence of str
        Names of `registry.BLOCKS`.
    chromatin_cells : sequence of str, optional
        Cells whose chromatin is used; None for all, empty for none.
    stand_in : sequence of str
        Samples of the expression table that stand for the model's cell type; empty for none.

    Raises
    ------
    SettingsError
        If a block, cell or sample is unknown (with a suggestion), or a named block has no column at hand.
    """
    wanted = check_blocks(blocks)
    here = {block_of(column) for column in columns}
    for block in wanted:
        if block not in here:
            raise SettingsError(
                f"no column of feature block {block!r} at hand",
                fix=f"leave it out; there are: {', '.join(sorted(here))}",
            )
    cells = None if chromatin_cells is None else set(chromatin_cells)
    if _CHROMATIN in wanted:
        _known(cells or (), cells_of(columns), "cell with chromatin")
    if "expression" in wanted:
        _known(stand_in, samples_of(columns), "expression sample")
    levels = {f"{LEVEL}{sample}" for sample in stand_in}

    def used(column: str) -> bool:
        if block_of(column) not in wanted or column in AVAILABILITY:
            return False
        if block_of(column) == _CHROMATIN:
            return cells is None or _cell(column) in cells
        return not column.startswith(LEVEL) or column in levels

    return [column for column in columns if used(column)]


def cells_of(columns: Sequence[str]) -> list[str]:
    """Cells that have chromatin columns, in the order met."""
    return list(dict.fromkeys(_cell(column) for column in columns if block_of(column) == _CHROMATIN))


def samples_of(columns: Sequence[str]) -> list[str]:
    """Samples that have an expression level, in the order met."""
    return [column.removeprefix(LEVEL) for column in columns if column.startswith(LEVEL)]


def _cell(column: str) -> str:
    return column.split(":")[1]


def _known(asked: Sequence[str] | set[str], known: list[str], what: str) -> None:
    for name in sorted(set(asked) - set(known)):
        raise SettingsError(f"no {what} named {name!r} at hand", fix=did_you_mean(name, known))
