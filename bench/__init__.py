"""What a cache costs: workloads, each written once, run on every subject beside its yardstick."""
