"""A small valid file for every reader of text."""

GTF = (
    b'chr1\tHAVANA\tgene\t1000\t2000\t.\t+\t.\tgene_id "ENSG00000000001.1"; gene_name "AAA1"; '
    b'gene_type "protein_coding";\n'
    b'chr1\tHAVANA\ttranscript\t1000\t2000\t.\t+\t.\tgene_id "ENSG00000000001.1"; transcript_id "T1"; '
    b'transcript_type "protein_coding";\n'
    b'chr2\tHAVANA\tgene\t5000\t9000\t.\t-\t.\tgene_id "ENSG00000000002.1"; gene_name "BBB2"; '
    b'gene_type "protein_coding";\n'
    b'chr2\tHAVANA\ttranscript\t5000\t9000\t.\t-\t.\tgene_id "ENSG00000000002.1"; transcript_id "T2"; '
    b'transcript_type "protein_coding";\n'
)
GFF3 = (
    b"##gff-version 3\n"
    b"chr1\tx\tgene\t1000\t2000\t.\t+\t.\tID=g1;gene_id=ENSG00000000001;gene_name=AAA1\n"
    b"chr1\tx\tmRNA\t1000\t2000\t.\t+\t.\tID=t1;Parent=g1\n"
    b"chr2\tx\tgene\t5000\t9000\t.\t-\t.\tID=g2;gene_id=ENSG00000000002;gene_name=BBB2\n"
    b"chr2\tx\tmRNA\t5000\t9000\t.\t-\t.\tID=t2;Parent=g2\n"
)
TSS_BED = b"chr1\t999\t1000\tENSG00000000001\t0\t+\nchr2\t8999\t9000\tENSG00000000002\t0\t-\n"
TSS_TABLE = b"gene_id\tchrom\tstrand\ttss1\nENSG00000000001\tchr1\t+\t1000\nENSG00000000002\tchr2\t-\t9000\n"
PEAKS = b"chr1\t900\t1100\tp1\t100\t.\t6.5\t-1\t-1\t50\nchr2\t8900\t9100\tp2\t100\t.\t3.25\t-1\t-1\t50\n"
BED = b"chr1\t900\t1100\nchr2\t8900\t9100\n"
FASTA = b">chr1\n" + b"ACGTACGTAC\n" * 6 + b">chr2\n" + b"TTTTGGGGCC\n" * 6
PIECES = b">chr1:100-120\nACGTACGTACGTACGTACGT\n>chr2:50-60\nTTTTGGGGCC\n"
DESEQ2 = (
    b"gene,baseMean,log2FoldChange,lfcSE,stat,pvalue,padj\nAAA1,500,2.5,0.1,1,1e-8,1e-6\nBBB2,400,0.01,0.1,1,0.9,0.95\n"
)
EDGER = b"gene,logFC,logCPM,LR,PValue,FDR\nAAA1,2.5,5.0,9,1e-8,1e-6\nBBB2,0.01,6.0,1,0.9,0.95\n"
LIMMA = b"gene,logFC,AveExpr,t,P.Value,adj.P.Val,B\nAAA1,2.5,5.0,9,1e-8,1e-6,2\nBBB2,0.01,6.0,1,0.9,0.95,-2\n"
DEGUST = b"gene,control,ATRA,FDR,AveExpr\nAAA1,0,2.5,1e-6,5\nBBB2,0,0.01,0.95,6\n"
OWN = b"name,change,q\nAAA1,2.5,1e-6\nBBB2,0.01,0.95\n"
STATUSES = b"gene,status\nAAA1,up\nBBB2,unresponsive\n"
GMT = b"SET1\tfirst\tAAA1\tBBB2\nSET2\tsecond\tCCC3\n"
LIST = b"AAA1\nBBB2\nCCC3\n"
EXPRESSION = b"gene_id\tcellA\tcellB\nENSG00000000001\t1.5\t2\nENSG00000000002\t0\t3\n"
SHEET = b"cell\tmark\tfile\nMCF-7\tATAC\tpeaks.bed\n"
GENE_INFO = (
    b"#tax_id\tGeneID\tSymbol\tLocusTag\tSynonyms\tdbXrefs\tchromosome\tmap_location\tdescription\ttype_of_gene\n"
    b"9606\t1\tAAA1\t-\tOLD1\tEnsembl:ENSG00000000001\t1\t1p\tx\tprotein-coding\n"
)
ORTHOLOGUES = (
    b"mouse gene,human gene\nENSMUSG00000000001,ENSG00000000001\nENSMUSG00000000002,ENSG00000000002\n"
    b"ENSMUSG00000000003,\n"
)
SCORES = (
    b"query\tgene_id\tsymbol\tmodel\tcell_type\tcall\tp_up\tp_down\tp_unresponsive\trank\tflags\trare_tss_distance\n"
    b"RARB\tENSG00000077092\tRARB\tmcf-7\tMCF-7\tcandidate up\t0.75\t0.125\t0.125\t1\t\t-90\n"
    b"TP53\tENSG00000141510\tTP53\tmcf-7\tMCF-7\tunlikely\t0.25\t0.25\t0.5\t2\t\t\n"
)
TIERS = b"gene_id\ttier\nENSG00000000001\tA\nENSG00000000002\tB\nENSG00000000003\t\n"
LABELS = (
    b"gene,baseMean,log2FoldChange,lfcSE,stat,pvalue,padj\nRARB,500,2.5,0.1,1,1e-8,1e-6\n"
    b"ENSG00000141510,400,0.01,0.1,1,0.9,0.95\n6648,300,-2.0,0.1,1,1e-8,1e-6\n"
)
COUNTS = b"gene,s1,s2,s3\nAAA1,10,20,30\nBBB2,0,5,7\n"
SAMPLES = b"sample,condition,batch\ns1,ATRA,a\ns2,DMSO,a\ns3,DMSO,b\n"
SEQUENCES = b">a\n" + b"ACGTACGTAC\n" * 6 + b">chr2:50-110\n" + b"TTTTGGGGCC\n" * 6
SPACE = b"n_trials: 4\nspace:\n  model.gradient.max_depth: {type: int, low: 2, high: 6}\n"
ENCODER = b"n_folds: 3\nstarts: 1\nnetwork:\n  epochs: 2\n"
SETTINGS = b"name: toy\nbootstrap: 20\nmodel:\n  n_folds: 3\n"
SPEC = b"assembly: GRCh38\nannotation: genes.gtf\n"
