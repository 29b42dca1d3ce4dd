"""``python -m tests.campaign --engine postgresql --deliveries 20000 --seed 1``: one campaign, one line of JSON."""

import argparse
import sys

from tests.campaign.campaign import Size, Terminal, run
from tests.servers.databases import ENGINES


def main() -> int:
    """Hold it; exit code 1 where anything was lost, doubled or left otherwise than it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, default="postgresql")
    parser.add_argument("--deliveries", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shops", type=int, default=10)
    parser.add_argument("--kills", type=int, default=5, help="kill -9 of a process; its next life ends at a failpoint")
    parser.add_argument("--flushes", type=int, default=2, help="FLUSHALL of the queue")
    parser.add_argument("--db-restarts", type=int, default=1, help="-m immediate; PostgreSQL only")
    parser.add_argument("--deploys", type=int, default=1, help="SIGTERM to every process; they are started again")
    options = parser.parse_args()
    result = run(Size(**vars(options)), Terminal())
    sys.stderr.write("\n")
    sys.stdout.write(f"{result.line()}\n")
    return 0 if result.good else 1


if __name__ == "__main__":
    sys.exit(main())
