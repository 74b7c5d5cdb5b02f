"""Differential expression of raw counts with PyDESeq2 (Muzellec 2023, 10.1093/bioinformatics/btad547).

DESeq2's defaults (Love 2014, 10.1186/s13059-014-0550-8): median-of-ratios size factors, dispersions shrunk towards
their trend, outliers by Cook's distance replaced or left out, Wald test, Benjamini-Hochberg after filtering.
The fit runs gene by gene through `rarml.core.parallel`, so that any number of threads, processes or machines gives the
same last digits.
"""

from __future__ import annotations

import inspect
import warnings
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.errors import InputError, MissingPartError
from rarml.core.parallel import interpreters, run
from rarml.labels.design import Design

if TYPE_CHECKING:
    from pydeseq2.inference import Inference

RESULT_COLUMNS = ["baseMean", "log2FoldChange", "lfcSE", "stat", "pvalue", "padj"]
_GENES_AT_ONCE = 512
# axis that runs over genes: of the arrays given, and of the results; anything else is the same for all genes
_BY_GENE: dict[str, tuple[dict[str, int], tuple[int, ...]]] = {
    "lin_reg_mu": ({"counts": 1}, (1,)),
    "irls": ({"counts": 1, "disp": 0}, (0, 1, 1, 0)),
    "alpha_mle": ({"counts": 1, "mu": 1, "alpha_hat": 0}, (0, 0)),
    "wald_test": ({"disp": 0, "lfc": 0, "mu": 1}, (0, 0, 0)),
}


def require_pydeseq2() -> str:
    """The version of PyDESeq2.

    Raises
    ------
    MissingPartError
        If it is not installed.
    """
    try:
        import pydeseq2  # noqa: F401
    except ImportError as error:
        raise MissingPartError("counts need PyDESeq2", fix="pip install 'rarml[counts]'") from error
    return version("pydeseq2")


def differential_expression(
    counts: NDArray[np.int64], design: Design, *, least_counts: int = 10, threads: int | None = None
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Compare each treated condition with the reference, all samples in one fit.

    Parameters
    ----------
    counts : ndarray of int64
        Genes x samples, in the order of ``design.samples``.
    design : Design
        What is compared.
    least_counts : int
        Genes with fewer counts over all samples are not tested.
    threads : int, optional
        Processes at once; the result is the same for any number.

    Returns
    -------
    tables : dict of str to DataFrame
        Treated condition -> `RESULT_COLUMNS`, one row per gene (row number as index), NaN where not tested.
    notes : list of str
        What PyDESeq2 warned of.

    Raises
    ------
    InputError
        If too few genes have counts, or PyDESeq2 cannot fit them.
    """
    require_pydeseq2()
    tested = np.flatnonzero(counts.sum(axis=1) >= max(least_counts, 1))
    if len(tested) < 2:
        what = f"{len(tested)} genes have {least_counts} counts or more"
        raise InputError(what, fix="is it the right table? see labels.counts.least_counts")
    notes: list[str] = []
    with interpreters(threads), warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", UserWarning)
        try:
            fitted = _fit(counts[tested], design)
            tables = {level: _table(fitted, design, level, tested, len(counts)) for level in design.treated}
        except (ValueError, ArithmeticError, np.linalg.LinAlgError, KeyError) as error:
            what = f"PyDESeq2 could not fit the counts: {str(error).splitlines()[0] if str(error) else error!r}"
            raise InputError(what, fix="are they raw counts of whole samples?") from error
    for warning in heard:
        said = " ".join(str(warning.message).split())
        if issubclass(warning.category, UserWarning) and "pydeseq2" in str(warning.filename) and said not in notes:
            notes.append(said)
    return tables, [f"PyDESeq2: {said}" for said in notes]


def _fit(counts: NDArray[np.int64], design: Design) -> Any:
    from pydeseq2.dds import DeseqDataSet

    matrix = design.matrix()
    matrix.index = matrix.index.astype(str)
    table = pd.DataFrame(counts.T, index=matrix.index, columns=[f"g{row}" for row in range(len(counts))])
    data = DeseqDataSet(
        counts=table,
        metadata=design.samples.set_axis(matrix.index),
        design=matrix,
        quiet=True,
        inference=_inference("genes"),
    )
    data.deseq2()
    return data


def _table(fitted: Any, design: Design, level: str, tested: NDArray[np.intp], genes: int) -> pd.DataFrame:
    from pydeseq2.ds import DeseqStats

    contrast = design.contrast(level)
    result = DeseqStats(fitted, contrast=contrast, quiet=True, inference=_inference(f"tests of {level}"))
    result.summary()
    table = pd.DataFrame(np.nan, index=pd.RangeIndex(genes), columns=RESULT_COLUMNS)
    table.iloc[tested] = result.results_df[RESULT_COLUMNS].to_numpy(np.float64)
    return table


def _inference(what: str) -> Inference:
    """PyDESeq2's own inference, a few hundred genes at a time over the engine in use."""
    from pydeseq2.default_inference import DefaultInference

    class GeneByGene(DefaultInference):  # type: ignore[misc, unused-ignore]
        """The same numbers; only where they are computed differs."""

    for name in _BY_GENE:
        setattr(GeneByGene, name, _over_engine(name, inspect.signature(getattr(DefaultInference, name)), what))
    inference: Inference = GeneByGene(n_cpus=1)
    return inference


def _over_engine(name: str, signature: inspect.Signature, what: str) -> Any:
    axes, result_axes = _BY_GENE[name]

    def method(self: object, *given: Any, **named: Any) -> Any:
        arguments = dict(signature.bind(self, *given, **named).arguments)
        arguments.pop("self")
        first, axis = next(iter(axes.items()))
        genes = np.asarray(arguments[first]).shape[axis]
        split = {key: np.asarray(arguments.pop(key)) for key in axes}
        shared = (name, {key: np.asarray(v) if isinstance(v, pd.Series) else v for key, v in arguments.items()})
        rows = [range(at, min(at + _GENES_AT_ONCE, genes)) for at in range(0, genes, _GENES_AT_ONCE)]
        tasks = [{key: array.take(some, axis=axes[key]) for key, array in split.items()} for some in rows]
        parts = list(run(_some_genes, tasks, shared=shared, what=f"differential expression: {_STEPS[name]} ({what})"))
        columns = zip(*parts, strict=True)
        joined = tuple(np.concatenate(found, axis=side) for found, side in zip(columns, result_axes, strict=True))
        return joined if len(result_axes) > 1 else joined[0]

    return method


_STEPS = {
    "lin_reg_mu": "means",
    "irls": "fold changes",
    "alpha_mle": "dispersions",
    "wald_test": "Wald tests",
}


def _some_genes(shared: tuple[str, dict[str, Any]], task: dict[str, NDArray[Any]]) -> tuple[NDArray[Any], ...]:
    """One call of PyDESeq2 on a few hundred genes."""
    from pydeseq2.default_inference import DefaultInference

    name, arguments = shared
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of single genes; those of the whole fit are kept
        found = getattr(DefaultInference(n_cpus=1), name)(**arguments, **task)
    return tuple(np.asarray(part) for part in found) if isinstance(found, tuple) else (np.asarray(found),)
