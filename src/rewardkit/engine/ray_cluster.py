"""Connecting to Ray, or starting it, and how many actors there is room for."""

import logging
import os
import socket
import sys
from collections.abc import Iterable
from pathlib import Path

from rewardkit.atomic import is_special
from rewardkit.engine.plan import RayOptions
from rewardkit.engine.ray_engine import ACTOR_BYTES, STORE_BYTES, RayEngine, last_line
from rewardkit.engine.work import Work
from rewardkit.errors import ConfigError
from rewardkit.places import is_url
from rewardkit.reading import STDIN

CONNECT_S = 10.0
OWN = ("/dev/fd/", "/dev/stdin", "/proc/self/")
"""Paths that lead elsewhere in each process."""


class RayEngines:
    """Engines of one connection to Ray; see [`Engines`][rewardkit.engine.engines]."""

    def __init__(self, options: RayOptions, models: bool) -> None:
        """Say how to connect, which the first run does.

        Args:
            options: To which cluster, with how many GPUs.
            models: Whether the reward has a model; on processors alone each machine then gets one
                actor unless a number is asked for.
        """
        self._options, self._models = options, models
        self._ours = False

    def open(self, work: Work) -> RayEngine:
        """Make the engine of a run; connect to Ray, or start it, where nobody has.

        Raises:
            ConfigError: When Ray is not installed, can't be reached, has too few GPUs, or an input
                is none that another process can open.
        """
        check_ray(work.inputs)
        import ray

        if not ray.is_initialized():
            connect(work.workers, self._options.address)
            self._ours = True
        has = ray.cluster_resources()  # type: ignore[no-untyped-call]  # Ray gives it no types
        gpus = self._options.gpus
        if gpus is None:
            gpus = 1.0 if self._models and has.get("GPU") else 0.0
        most = None
        if self._models and not gpus:
            most = len(ray.nodes())  # type: ignore[no-untyped-call]  # Ray gives it no types
        return RayEngine(work, count_actors(work.workers, gpus, has, most), gpus)

    def close(self) -> None:
        """End the connection, or what was started, unless it was the caller's."""
        if self._ours:
            import ray

            ray.shutdown()
            self._ours = False


def check_ray(inputs: Iterable[str]) -> None:
    """Find out whether Ray is there and can open the inputs.

    Raises:
        ConfigError: When it is not installed, or an input is a pipe or a device, which only this
            process has.
    """
    from importlib.util import find_spec

    if find_spec("ray") is None or find_spec("pyarrow") is None:
        raise ConfigError("--engine ray: expected ray: pip install 'rewardkit[ray]'")
    for path in inputs:
        if path == STDIN:
            raise ConfigError("--engine ray: expected files, got standard input")
        if path.startswith(OWN) or (not is_url(path) and is_special(Path(path))):
            raise ConfigError(f"--engine ray: expected files, got {path}, a pipe or a device")


def connect(workers: int, address: str | None) -> None:
    """Connect to a cluster, or start Ray on this machine.

    Raises:
        ConfigError: When there is no such cluster.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # a scoring run reports to nobody
    import ray

    option = "--address" if address else "RAY_ADDRESS"
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
            check_listening(address)
            ray.init(address, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, RuntimeError, ValueError) as error:
        raise ConfigError(
            f"{option} {address}: expected a Ray cluster, got: {last_line(error)}"
        ) from error


def check_listening(address: str) -> None:
    """Find out whether somebody listens at a `HOST:PORT`, which Ray would wait for in minutes.

    Raises:
        OSError: When nobody does.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal() and "/" not in host:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_S).close()


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
