"""Looking for violations in small regions: where comparisons flip, and where the residual climbs."""
