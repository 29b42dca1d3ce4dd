"""Work done outside requests; the only place that knows RQ and Redis."""
