"""Genome, annotation, identifiers, promoters, tracks and expression; knows no labels or models."""
