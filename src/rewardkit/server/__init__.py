"""Scoring over HTTP: requests in, scored lines out, and no request that takes another one down."""
