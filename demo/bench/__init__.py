"""The bench: a page to play with and the JSON interface that tests, benchmarks and newcomers all use."""
