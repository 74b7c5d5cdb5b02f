"""What ``import rarml`` offers scripts and notebooks: genes, labels, folds, models and scans."""
