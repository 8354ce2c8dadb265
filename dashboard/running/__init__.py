"""What `manage.py up` runs and how it watches over it; tests and benchmarks start the same processes."""
