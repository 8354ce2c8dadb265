"""What `make bench` runs: figures of ours beside a limit of PostgreSQL itself, both sides in one run, as ratios."""
