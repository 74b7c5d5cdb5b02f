"""The methods of a comparison as paragraphs that can be pasted into a paper."""

from __future__ import annotations

from collections.abc import Sequence

from rarml import __version__
from rarml.bundle.load import Bundle
from rarml.report.words import listing


def compare_methods(bundles: Sequence[Bundle], n_genes: int, bootstrap: int, *, known: bool) -> tuple[str, ...]:
    """What was done, with versions and citations; no paths and no dates."""
    names = listing([f"{bundle.name} ({bundle.manifest.cell_type})" for bundle in bundles], most=len(bundles))
    first = (
        f"Models of the transcriptional response to all-trans retinoic acid in {names} were compared with rarml "
        f"{__version__}: sets of genes on the {n_genes:,} protein-coding genes that are expressed in the untreated "
        "stand-in cells of every model and have promoter sequence, pairs of models on those of both. "
        "Models are gradient-boosted trees (XGBoost; Chen & Guestrin 2016, "
        "doi:10.1145/2939672.2939785) and penalised logistic regressions, stacked and calibrated by nested "
        "cross-fitting in folds of whole chromosomes; no gene was answered by a model that had seen the gene, its fold "
        "or a relative of it in the fold."
    )
    second = (
        "Transfer was judged by AUROC and AUPRC of each model on the labels of each cell type, with 95 % intervals by "
        f"the cluster bootstrap ({bootstrap:,} resamples of gene groups; Field & Welsh 2007, "
        "doi:10.1111/j.1467-9868.2007.00593.x), against the model's covariates alone and against the mean response of "
        "the gene in the other cell types (Schreiber et al. 2020, doi:10.1186/s13059-020-02177-y), both paired. "
        "Overlap of gene sets is shown as UpSet plots (Lex et al. 2014, doi:10.1109/TVCG.2014.2346248) and as "
        "conditional odds ratios with exact intervals. The consensus of a gene is the mean over models of logit(p) "
        "less the logit of the class's base rate (prior shift; Saerens et al. 2002, doi:10.1162/089976602753284446), "
        "over models in whose domain the gene lies. Differences between two models were split by kind of evidence with "
        "exact tree SHAP (Lundberg et al. 2020, doi:10.1038/s42256-019-0138-9) and linear contributions, carried "
        "through the stack by integrated gradients (Sundararajan et al. 2017, arXiv:1703.01365)."
    )
    third = (
        "Agreement with lists of known targets, which no model has seen, is the conditional odds ratio of being called "
        "up with its exact interval, and the AUROC of P(up) for listed against other eligible genes."
    )
    return (first, second, third) if known else (first, second)
