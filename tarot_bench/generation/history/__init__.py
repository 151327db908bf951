"""Read how a run of `generate` made its entries, without changing the run."""
