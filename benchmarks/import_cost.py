"""What ``import platform_lib`` costs beside ``import pulumi``: whole processes, less the start of Python itself."""

import statistics
import subprocess
import sys
import time

ROUNDS = 15


def seconds(statement: str) -> float:
    """Wall seconds of a fresh interpreter that executes the statement."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main() -> None:
    """Interleaves the three, so that a drift of the machine touches all alike."""
    samples: dict[str, list[float]] = {"pass": [], "import pulumi": [], "import platform_lib": []}
    for _ in range(ROUNDS):
        for statement, values in samples.items():
            values.append(seconds(statement))
    medians = {statement: statistics.median(values) for statement, values in samples.items()}
    floor = medians.pop("pass")
    for statement, median in medians.items():
        print(f"{statement:20} {1000 * (median - floor):8.1f} ms beyond Python's own start ({1000 * floor:.1f} ms)")
    ratio = (medians["import platform_lib"] - floor) / (medians["import pulumi"] - floor)
    print(f"ratio platform_lib / pulumi: {ratio:.3f} (budget: below 0.1)")


if __name__ == "__main__":
    main()
