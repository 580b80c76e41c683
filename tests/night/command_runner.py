"""``sas`` commands run in processes of their own, forked from one that has loaded the program.

A line of JSON on standard input is the words of a command. The number of its process is answered
at once, its exit code (negative for the signal that killed it) once it has ended.
"""

import json
import os
import sys

from cli.main import app


def main() -> None:
    """Run commands until standard input ends."""
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            run(order["words"], order["output"])
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def run(words: list[str], output: str) -> None:
    """The command in this process, which ends with it."""
    written = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(written, 1)
    os.dup2(written, 2)
    sys.argv = ["sas", *words]
    app()


if __name__ == "__main__":
    main()
