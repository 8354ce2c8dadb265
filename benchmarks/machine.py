"""What the machine was doing while we measured."""

import os
import re
from pathlib import Path


def load_average() -> str:
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def processors() -> int:
    return os.cpu_count() or 1


def peak_megabytes(pids: list[int]) -> float | None:
    """The most memory these processes ever held, summed; None where the kernel does not say (not Linux)."""
    total = 0
    for pid in pids:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return None
        peak = re.search(r"VmHWM:\s+(\d+) kB", status)
        if peak is None:
            return None
        total += int(peak[1])
    return total / 1024
