"""Groups, folds and cross-fitting: where features and labels meet."""
