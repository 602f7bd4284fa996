"""Verifiers that misbehave, for the benchmarks' tests; child processes import them from here."""

import os
import sys
import time

from pairs import Pair
from peers import Judge, Opinion


def load_bad() -> Judge:
    """A judge that does what the reference says, and accepts the rest."""
    return _judge


def _judge(pair: Pair) -> Opinion:
    if pair.reference == "hang":
        time.sleep(60)
    if pair.reference == "raise":
        raise BaseException("no Exception")
    if pair.reference == "exit":
        os._exit(1)
    if pair.reference == "pid":
        return Opinion(True, str(os.getpid()))
    if pair.reference == "memory":
        return Opinion(len(bytearray(2 << 30)) > 0)
    print("noise", file=sys.stderr)
    return Opinion(True)


def load_broken() -> Judge:
    """A judge that can't be had."""
    raise ImportError("not there")
