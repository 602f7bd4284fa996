"""A generative judge behind an HTTP endpoint: asking, reading and keeping its verdicts."""
