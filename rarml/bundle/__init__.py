"""The model folder on disk: write, verify, load, list."""
