"""``sas serve`` under the sampler: SIGUSR1 starts it, the stacks are written when the API stops."""

import signal
import sys
from pathlib import Path

import orjson

from bench.sampling import Sampler
from cli.commands.serve import serve


def main(out: Path) -> None:
    """Serve on a free port until interrupted, then write ``[[stack, count], ...]``."""
    sampler = Sampler()
    signal.signal(signal.SIGUSR1, lambda *_: sampler.start())
    try:
        serve(host="127.0.0.1", port=0)
    except KeyboardInterrupt:
        pass
    finally:
        sampler.stop()
        out.write_bytes(orjson.dumps(list(sampler.stacks.items())))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
