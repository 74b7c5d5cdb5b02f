"""What each specificity control shows, in words; written on the results of the atlas named below, read beside them."""

READ_ON = "3cbd59699706"
"""Atlas (`settings.atlas` in controls.json) that the words were written on; on another, read the tables again."""

READINGS = {
    "a": (
        "RAREs of real promoters rank responsive genes better than those of shuffled ones (in seven of ten "
        "comparisons, by 0.03 to 0.10 AUROC; in one the shuffled ones are ahead), so the RARE block reads more "
        "than base composition. But alone it stays at 0.44 to 0.61, it beats its shuffled self on top of the "
        "covariates in no comparison, and added to the covariates it helps in none and clearly costs a little in "
        "five. That it is more than dinucleotides does not make it a matter of RAR: see the next control. 6-mers "
        "show how much order matters at all: real promoters beat shuffled ones in eight of nine comparisons, by "
        "0.07 to 0.18; the other is MCF-7 up v down."
    ),
    "b": (
        "Spacing is worth nothing that generalises. Columns of DR1, DR2 and DR5 do better than the same "
        "half-sites at other spacings in SH-SY5Y (down) and organoid (up) only, and there the sites are *rarer* "
        "in responsive genes (organoid up: strong DR2 at an odds ratio of 0.44), which is what promoters without "
        "Alu elements, most of whose consensus DR2 these are, would show, and not an induction through RAREs. On "
        "top of the covariates the canonical spacings gain over the control in NB4 only (+0.019), because the "
        "control columns do harm: over the covariates themselves they gain +0.005 [-0.007, +0.017]. Within "
        "matched pairs no difference is clear (the nearest is organoid up, +0.060 [+0.000, +0.125]). DR5 is the "
        "most enriched of the direct repeats in up genes of SH-SY5Y (1.42) but its interval holds 1, and no "
        "canonical type stands out from the control spacings at p < 0.05 in any cell type. With no correction for "
        "the number of comparisons, one or two such gains are what chance gives."
    ),
    "c": (
        "Motifs of RAR's partners are no better than motifs of unrelated factors of the same length and "
        "information, alone or added to the covariates; where they differ clearly (four of twenty, all in MCF-7 "
        "or SH-SY5Y), the unrelated ones are ahead. What motif columns carry here is composition."
    ),
    "d": (
        "The models mostly find genes that can be induced or repressed at all. The ATRA model of MCF-7 ranks "
        "genes of TGF-β (0.91) almost as well as its own (0.93), and a model of TGF-β does the same the other way "
        "round (0.92); covariates alone do so too. Among genes that answer to exactly one of the two, the ATRA "
        "model puts those of ATRA first at 0.60 [0.51, 0.70] (strict) or 0.59 [0.54, 0.65] (loose), little above "
        "0.5: specific to ATRA in small part, and that part comes from the co-expression panel, which adds 0.09 "
        "to 0.12 among up genes; the rest of the stack is level with it. Down genes that are specific to TGF-β "
        "are too few to tell (14). The difference of two models, ATRA less TGF-β, cancels what they share and "
        "reaches 0.74 [0.65, 0.83] (0.82 among up genes) on the strict sets: there is something to be learnt of "
        "specificity, and one model alone does not show it. The NB4 model ranks PML-RARA genes of U-937 above "
        "others at 0.73 and its own list above them at 0.64, both without any gain over the covariates: no sign "
        "of anything specific to ATRA. Caveats: ATRA and TGF-β share their three vehicle samples, whose noise "
        "makes the two sets of labels more alike; the strict sets are small; the U-937 table lists significant "
        "genes only, so its other genes are not known to be flat."
    ),
    "e": (
        "Covariates tell up from down hardly in MCF-7 (0.56, its interval holds 0.5), well in SH-SY5Y (0.81) and "
        "organoid (0.93). The co-expression panel adds 0.12, 0.08 and 0.01; the full stack is level with "
        "covariates and panel. So direction, too, is told by what kind of gene it is; in the late "
        "differentiations that is close to asking which tissue it belongs to."
    ),
}
