"""The real examples of docs/gallery: a comparison of the four shipped models, and the cards of five genes.

    python experiments/gallery.py              # everything
    python experiments/gallery.py compare      # one part

Needs the shipped models and atlas, and for experiments on bases build/reference-hg38 (`train_shipped.py`). The list of
known targets is read from the real data (``RARML_DATA``) where they are at hand, and only numbers about it are written,
never a gene of it.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from common import CELL_TYPES, REPO

GALLERY = REPO / "docs" / "gallery"
REFERENCE = REPO / "build" / "reference-hg38"
MOST_BYTES = 1_500_000
"""A page larger than this does not belong into a repository."""
KNOWN = Path("known_targets") / "balmer2002_ra_target_genes.txt"
GENES = ("CYP26A1", "DHRS3", "TGM2", "CD38", "HOXA1")
SMALL_TABLES = (
    "transfer.tsv", "correlations.tsv", "core.tsv", "intersections.tsv", "overlaps.tsv", "differences.tsv",
    "receptors.tsv", "known_targets.tsv",
)  # fmt: skip


def compare_page(folder: Path = GALLERY / "compare") -> list[Path]:
    """MCF-7, SH-SY5Y, neural organoid and NB4: the report, its figures and its small tables."""
    from rarml.workflows.compare import compare
    from rarml.workflows.compare_output import FIGURES, write_comparison

    data = Path(os.environ.get("RARML_DATA", REPO.parent / "shared" / "data"))
    known = data / KNOWN if (data / KNOWN).is_file() else None
    with TemporaryDirectory() as place:
        made = Path(place) / "compare"
        write_comparison(compare(CELL_TYPES, known=known), made)
        shutil.rmtree(folder, ignore_errors=True)
        (folder / FIGURES).mkdir(parents=True)
        chosen = [made / "report.html", *(made / name for name in SMALL_TABLES), *sorted((made / FIGURES).iterdir())]
        return _kept([path for path in chosen if path.is_file()], made, folder)


def cards(folder: Path = GALLERY / "cards") -> list[Path]:
    """The gene cards of `GENES` by all shipped models; pages alone, as card.json would hold the promoters' bases."""
    from rarml.workflows.explain import explain
    from rarml.workflows.explain_output import write_cards

    with TemporaryDirectory() as place:
        made = Path(place) / "cards"
        reference = REFERENCE if REFERENCE.is_dir() else None
        written = write_cards(explain(GENES, CELL_TYPES, reference=reference), made)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return _kept([path for path in written if path.suffix == ".html"], made, folder)


PARTS = {"compare": compare_page, "cards": cards}


def _kept(paths: list[Path], made: Path, folder: Path) -> list[Path]:
    """The files moved to `folder`; a page that is too large is an error."""
    moved = []
    for path in paths:
        if path.stat().st_size > MOST_BYTES:
            raise SystemExit(f"{path.name} is {path.stat().st_size:,} bytes, more than {MOST_BYTES:,}")
        target = folder / path.relative_to(made)
        shutil.copyfile(path, target)
        moved.append(target)
    return moved


def main(asked: list[str]) -> None:
    """Make the parts named on the command line, all by default."""
    wrong = [name for name in asked if name not in PARTS]
    if wrong:
        raise SystemExit(f"no part {wrong[0]!r}; there are {', '.join(PARTS)}")
    for name in asked or PARTS:
        for path in PARTS[name]():
            print(path.relative_to(REPO))


if __name__ == "__main__":
    main(sys.argv[1:])
