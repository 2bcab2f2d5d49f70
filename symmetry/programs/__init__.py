"""Programs: what an array function does at one choice of sizes, as a graph of a dozen operations."""
