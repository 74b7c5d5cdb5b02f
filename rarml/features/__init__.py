"""Named feature blocks and the builder that turns a reference into a feature table; knows no labels or models."""
