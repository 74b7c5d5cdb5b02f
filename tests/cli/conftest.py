"""A small DE table and quick settings for the command line."""

from pathlib import Path

import pytest

FLAT, UP, DOWN = 0.05, 2.0, -2.0


@pytest.fixture(scope="session")
def de_rows() -> list[str]:
    """Rows of a DESeq2 table of 1,500 expressed genes: 12 % up, 12 % down, the rest flat, spread over chromosomes."""
    import pandas as pd

    from rarml.bundle.registry import models_folder

    labels = pd.read_parquet(models_folder() / "sh-sy5y" / "labels.parquet")
    genes = labels.index[(labels["eligibility"] == "eligible").to_numpy()][::8][:1500]
    rows = []
    for i, gene in enumerate(genes):
        change, padj = ((UP, 1e-6) if i % 8 == 0 else (DOWN, 1e-6)) if i % 8 in (0, 4) else (FLAT, 0.9)
        rows.append(f"{gene},{500 + i % 50},{change},0.1,1,{padj / 2},{padj}")
    return rows


HEADER = "gene,baseMean,log2FoldChange,lfcSE,stat,pvalue,padj"


@pytest.fixture
def table(tmp_path: Path, de_rows: list[str]):
    """Write a DE table; `edit` changes its lines first."""

    def write(name: str = "de.csv", edit=lambda lines: lines) -> Path:
        path = tmp_path / name
        path.write_text("\n".join(edit([HEADER, *de_rows])) + "\n")
        return path

    return write


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """Settings small enough to train in a second or two."""
    path = tmp_path / "quick.yaml"
    path.write_text(
        "context: {stand_in: [SH-SY5Y], chromatin: [SK-N-SH]}\nblocks: [composition, expression]\n"
        "model: {n_folds: 3, gradient: {n_rounds: 5, learning_rate: 0.3}}\nbootstrap: 20\n"
        "evaluation: {controls: false}\n"
    )
    return path
