"""DE tables, counts and gene sets to one labelled table; knows no features or models."""
