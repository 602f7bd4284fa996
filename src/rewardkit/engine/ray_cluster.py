"""Connecting to Ray, or starting it, and how many actors there is room for."""

import contextlib
import logging
import os
import sys
from collections.abc import Iterator

from rewardkit.engine.plan import RayOptions
from rewardkit.engine.ray_engine import ACTOR_BYTES, STORE_BYTES, RayEngine, last_line
from rewardkit.engine.work import Work
from rewardkit.errors import ConfigError
from rewardkit.reading import STDIN


@contextlib.contextmanager
def open_ray(work: Work, options: RayOptions, models: bool) -> Iterator[RayEngine]:
    """Connect to Ray, or start it; what was started ends with the run.

    Args:
        work: What to score.
        options: On which cluster, with how many GPUs.
        models: Whether the reward has a model; on processors alone each machine then gets one
            actor unless a number is asked for.

    Raises:
        ConfigError: When Ray is not installed, can't be reached, has too few GPUs, or an input is
            standard input.
    """
    from importlib.util import find_spec

    if find_spec("ray") is None or find_spec("pyarrow") is None:
        raise ConfigError("--engine ray: expected ray: pip install 'rewardkit[ray]'")
    if STDIN in work.inputs:
        raise ConfigError("--engine ray: expected files, got standard input")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # a scoring run reports to nobody
    import ray

    ours = not ray.is_initialized()
    if ours:
        connect(work.workers, options.address)
    try:
        has = ray.cluster_resources()  # type: ignore[no-untyped-call]  # Ray gives it no types
        gpus = options.gpus
        if gpus is None:
            gpus = 1.0 if models and has.get("GPU") else 0.0
        most = None
        if models and not gpus:
            most = len(ray.nodes())  # type: ignore[no-untyped-call]  # Ray gives it no types
        yield RayEngine(work, count_actors(work.workers, gpus, has, most), gpus)
    finally:
        if ours:
            ray.shutdown()


def connect(workers: int, address: str | None) -> None:
    """Connect to a cluster, or start Ray on this machine."""
    import ray

    address = address or os.environ.get("RAY_ADDRESS") or "local"
    try:
        if address == "local":
            cores = workers or usable_cores()
            store = STORE_BYTES + cores * ACTOR_BYTES
            ray.init(
                "local",
                num_cpus=cores,
                object_store_memory=store,
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        else:
            ray.init(address, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise ConfigError(
            f"--address {address}: expected a Ray cluster, got: {last_line(error)}"
        ) from error


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def count_actors(workers: int, gpus: float, has: dict[str, float], most: int | None = None) -> int:
    """How many actors there are to be; by default as many as the cluster has room for.

    Args:
        workers: The number that was asked for, 0 for none.
        gpus: What each of them gets.
        has: The cluster's resources by name.
        most: Bound of the default.

    Raises:
        ConfigError: When the cluster hasn't the GPUs.

    >>> count_actors(0, 0.5, {"CPU": 8, "GPU": 2})
    4
    """
    room = int(has.get("CPU", 1))
    if gpus:
        room = min(room, int(has.get("GPU", 0) / gpus))
    wanted = workers or (room if most is None else min(room, most))
    if wanted > room or not wanted:
        raise ConfigError(
            f"--workers {workers}, --gpus {gpus:g}: expected a cluster with room for them, got "
            f"{has.get('CPU', 0):g} cores and {has.get('GPU', 0):g} GPUs"
        )
    return wanted
