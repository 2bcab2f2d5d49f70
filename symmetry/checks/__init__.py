"""Evidence beside the proofs: exact at small sizes, sampled in floating point, and verdicts on users' functions."""
