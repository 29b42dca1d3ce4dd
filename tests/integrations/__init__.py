"""The road between a store and us: recorded bodies to facts, effects to requests, and what every platform must show."""
