"""scikit-learn style estimators on arrays; knows no genes, files or reports."""
