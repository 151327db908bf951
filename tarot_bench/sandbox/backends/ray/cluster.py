"""Connect to a Ray cluster."""

from tarot_bench.errors import SandboxUnavailableError, one_line


def connect(address: str | None = None) -> bool:
    """Connect this process to a cluster, unless it is connected already.

    Args:
        address: as in ``10.0.0.1:6379``; None takes ``RAY_ADDRESS``, or the cluster that this machine belongs to.

    Returns:
        Whether this call connected; then the caller ends with ``ray.shutdown``.

    Raises:
        SandboxUnavailableError: Ray is not installed, or there is no such cluster.
    """
    try:
        import ray
    except ImportError:
        raise SandboxUnavailableError("Ray is not installed: pip install 'tarot-bench[ray]'") from None
    if ray.is_initialized():
        return False
    try:
        ray.init(address or "auto", log_to_driver=False, configure_logging=False)
    except (OSError, ValueError, RuntimeError, ray.exceptions.RayError) as error:
        start = "start one with `ray start --head`, or name its address in RAY_ADDRESS"
        raise SandboxUnavailableError(f"no Ray cluster: {one_line(error, 120)}; {start}") from None
    return True
