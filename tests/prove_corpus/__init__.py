"""Functions as people write them, with the truth about their symmetries worked out by hand."""
