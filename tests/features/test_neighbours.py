import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from rarml.features.neighbours import DENSITY_REACH, FAR, neighbour_features

promoter = st.tuples(st.sampled_from("abcde"), st.integers(0, 300_000), st.booleans())


@settings(max_examples=25, deadline=None)
@given(st.lists(promoter, min_size=1, max_size=14))
def test_matches_all_pairs(rows):
    strand = {}
    for gene, _, plus in rows:
        strand.setdefault(gene, "+" if plus else "-")
    table = pd.DataFrame([(gene, "chr1", strand[gene], tss) for gene, tss, _ in rows])
    table.columns = ["gene_id", "chrom", "strand", "tss"]
    genes = table.drop_duplicates("gene_id").set_index("gene_id")
    found = neighbour_features(table, genes)
    for number, gene in enumerate(genes.index):
        own = table[table["gene_id"] == gene]
        others = table[(table["gene_id"] != gene) & (table["strand"] != strand[gene])]
        sign = 1 if strand[gene] == "+" else -1
        gaps = [sign * (a - b) for a in own["tss"] for b in others["tss"] if sign * (a - b) >= 0]
        assert found["head_to_head_distance"][number] == min([*gaps, FAR])
        assert found["n_promoters"][number] == len(own)
        assert found["promoter_spread"][number] == np.ptp(own["tss"])
        away = (genes.drop(gene)["tss"] - genes.loc[gene, "tss"]).abs()
        assert found["neighbour_distance"][number] == min([*away, FAR])
        assert found["gene_density"][number] == (away <= DENSITY_REACH).sum()


def test_head_to_head_pair_is_bidirectional(reference):
    found = neighbour_features(reference.promoters, reference.genes)
    assert found["head_to_head_distance"][:2].tolist() == [600, 600]
    assert found["bidirectional"].tolist() == [1, 1, 0, 0, 0]
