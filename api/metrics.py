"""What Prometheus hears of the API. With PROMETHEUS_MULTIPROC_DIR set, all web processes are added up."""

from prometheus_client import Counter, Histogram

seconds = Histogram(
    "loyalty_api_seconds",
    "How long a call took",
    ["call", "method", "status"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 8, 10),
)
refusals = Counter("loyalty_api_refusals", "Calls refused, by the code of the refusal", ["code"])
