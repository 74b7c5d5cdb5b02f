"""rarml: which genes respond to all-trans retinoic acid (ATRA) in a given cell type, and why."""

__version__ = "0.1.0"
