"""Cells are summed per donor and condition; normalised values and too few samples are refused."""

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import InputError, SettingsError
from rarml.labels.count_spec import CountSpec
from rarml.labels.from_counts import compare_counts, read_design
from rarml.labels.pseudobulk import describe_cells

anndata = pytest.importorskip("anndata", reason="needs the extra singlecell")
GENES = 120


def cells(seed=1, donors=3, each=30):
    from scipy import sparse

    rng = np.random.default_rng(seed)
    donor = np.repeat([f"d{n}" for n in range(donors)], 2 * each)
    condition = np.tile(np.repeat(["DMSO", "ATRA"], each), donors)
    kind = rng.choice(["neuron", "glia"], len(donor))
    mean = np.repeat(rng.lognormal(0.5, 1, GENES)[None], len(donor), axis=0)
    mean[condition == "ATRA", :10] *= 5
    counts = rng.poisson(mean)
    # objects: anndata does not write the strings of pandas 3
    barcodes = pd.Index([f"c{n}" for n in range(len(donor))], dtype=object)
    symbols = pd.Index([f"G{n}" for n in range(GENES)], dtype=object)
    obs = pd.DataFrame({"donor": donor, "condition": condition, "kind": kind}, index=barcodes, dtype=object)
    var = pd.DataFrame({"gene_ids": [f"ENSG{n:011d}" for n in range(GENES)]}, index=symbols, dtype=object)
    return anndata.AnnData(sparse.csr_matrix(counts.astype(np.float32)), obs=obs, var=var)


@pytest.fixture
def stored(tmp_path):
    def write(data):
        data.write_h5ad(tmp_path / "cells.h5ad")
        return tmp_path

    return write


def spec(**given):
    return CountSpec(matrix="cells.h5ad", **{"replicate": "donor", **given})


def test_sums_are_those_of_pandas(stored):
    data = cells()
    matrix, design, record = read_design(spec(), stored(data))
    dense = pd.DataFrame(data.X.toarray())
    expected = dense.groupby(
        (data.obs["donor"].astype(str) + " | " + data.obs["condition"].astype(str)).to_numpy()
    ).sum()
    assert list(matrix.samples) == design.samples.index.tolist() == expected.index.tolist()
    assert (expected.to_numpy() == matrix.counts.T).all()
    assert matrix.genes["id"].tolist()[:2] == ["ENSG00000000000", "ENSG00000000001"]
    assert matrix.genes["symbol"].tolist()[:2] == ["G0", "G1"]
    assert record["pseudobulk"]["cells"]["d0 | ATRA"] == 30
    assert design.reference == "DMSO"


@pytest.mark.parametrize("form", ["dense", "csc"])
def test_every_form_of_matrix_gives_the_same_sums(stored, form):
    expected = read_design(spec(), stored(cells()))[0].counts
    data = cells()
    data.X = data.X.toarray() if form == "dense" else data.X.tocsc()
    assert (read_design(spec(), stored(data))[0].counts == expected).all()


def test_a_subset_of_cells_and_donors_as_a_factor(stored):
    data = cells()
    matrix, design, _ = read_design(spec(subset={"kind": ("glia",)}, factors=("donor",)), stored(data))
    glia = (data.obs["kind"] == "glia").to_numpy()
    assert matrix.counts.sum() == data.X[glia].sum()
    assert design.formula == "~ donor + condition"


def test_raw_counts_are_found_where_x_is_normalised(stored):
    data = cells()
    expected = read_design(spec(), stored(data))[0].counts
    normal = data.copy()
    normal.layers["counts"] = data.X.copy()
    normal.X = np.log1p(data.X.toarray())
    matrix, _, record = read_design(spec(), stored(normal))
    assert record["pseudobulk"]["layer"] == "layers/counts"
    assert (matrix.counts == expected).all()
    kept = data.copy()
    kept.raw = data
    kept.X = np.log1p(data.X.toarray())
    assert read_design(spec(), stored(kept))[2]["pseudobulk"]["layer"] == "raw/X"


def test_normalised_values_are_refused(stored):
    data = cells()
    data.layers["late"] = data.X.copy()
    data.layers["late"][-1, 3] = 0.5  # far behind what is looked at first
    data.X = np.log1p(data.X.toarray())
    place = stored(data)
    with pytest.raises(InputError, match=r"X holds values that are no whole numbers, so it was normalised.*here: late"):
        read_design(spec(), place)
    with pytest.raises(InputError, match=r"layers/late holds 0\.5: not a raw count"):
        read_design(spec(layer="late"), place)
    with pytest.raises(InputError, match="no layer 'lat' .*did you mean 'late'"):
        read_design(spec(layer="lat"), place)


def test_too_few_samples_and_wrong_columns(stored):
    place = stored(cells(donors=1))
    with pytest.raises(InputError, match=r"only 2 samples of 10 cells or more \(d0 \| ATRA, d0 \| DMSO\)"):
        read_design(spec(), place)
    with pytest.raises(InputError, match="only 0 samples of 50 cells or more"):
        read_design(spec(least_cells=50), stored(cells()))
    with pytest.raises(SettingsError, match="name it with --replicate, one of: donor, condition, kind"):
        read_design(spec(replicate=None), place)
    with pytest.raises(InputError, match="no obs column 'doner' .*did you mean 'donor'"):
        read_design(spec(replicate="doner"), place)
    with pytest.raises(InputError, match="has several values of kind"):
        read_design(spec(factors=("kind",)), stored(cells()))


def test_what_is_no_anndata(tmp_path):
    import h5py

    with h5py.File(tmp_path / "cells.h5ad", "w") as store:
        store["x"] = np.arange(3)
    with pytest.raises(InputError, match="holds no obs"):
        read_design(spec(), tmp_path)
    whole = (tmp_path / "cells.h5ad").read_bytes()
    (tmp_path / "cells.h5ad").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"is not a readable \.h5ad file"):
        read_design(spec(), tmp_path)


@pytest.mark.parametrize("place", [GENES, 2**31 - 1, -5])
@pytest.mark.parametrize("form", ["csr", "csc"])
def test_a_matrix_that_names_places_outside_itself_is_refused(stored, form, place):
    """SciPy does not look, and the process died."""
    import h5py

    data = cells()
    data.X = data.X.asformat(form)
    folder = stored(data)
    with h5py.File(folder / "cells.h5ad", "r+") as store:
        store["X"]["indices"][7] = place if form == "csr" or place != GENES else 10**6
    with pytest.raises(InputError, match=r"cells\.h5ad: is not a readable"):
        compare_counts(spec(), base=folder)


def test_a_table_of_an_unknown_encoding_is_refused(stored):
    import h5py

    folder = stored(cells())
    with h5py.File(folder / "cells.h5ad", "r+") as store:
        store["obs"].attrs["encoding-version"] = "9.9"
    with pytest.raises(InputError, match=r"cells\.h5ad: obs cannot be read"):
        compare_counts(spec(), base=folder)


def test_described(stored):
    lines = describe_cells(stored(cells()) / "cells.h5ad")
    assert lines[0] == "single cells (AnnData), 180 cells × 120 genes"
    assert "raw counts: X" in lines
    assert "obs column condition: DMSO (90), ATRA (90)" in lines


def test_the_planted_genes_are_found(stored):
    frame = compare_counts(spec(), stored(cells())).tables["ATRA"].frame
    up = (frame["padj"] < 0.05) & (frame["log2fc"] > 1)
    assert up[:10].sum() >= 9
    assert up[10:].sum() <= 2
