"""How fast archspec is, beside what it is compared with: `make bench` prints ratios and writes docs/benchmarks.md."""
