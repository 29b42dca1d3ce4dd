"""The trade as tables and properties: pure, no fixtures."""
