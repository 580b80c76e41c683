"""``sas`` commands run in processes of their own, forked from one that has loaded the program.

The program is loaded, and what it judges without an index is judged, once for all runners. Each
connection to the socket named in the arguments is a runner: its first line is the environment of
its commands, and its process's number is answered. A further line is the words of a command. The
number of its process is answered at once, its exit code (negative for the signal that killed it)
once it has ended.
"""

import json
import os
import select
import signal
import socket
import sys
import tempfile
from typing import TextIO

from cli.main import app
from search_engine.relevance.readings import judge_readings


def main() -> None:
    """Fork a runner for each connection until standard input ends."""
    judge_readings(smoke=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.create_server(sys.argv[1], family=socket.AF_UNIX) as listening:
        print("ready", flush=True)
        while sys.stdin not in select.select([sys.stdin, listening], [], [])[0]:
            connection, _ = listening.accept()
            with connection, connection.makefile("rw") as orders:
                if os.fork() == 0:
                    listening.close()
                    run_commands(orders)
                    return


def run_commands(orders: TextIO) -> None:
    """Run the commands of a connection until it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(json.loads(orders.readline()))
    tempfile.tempdir = None
    answer(orders, os.getpid())
    while line := orders.readline():
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            run(order["words"], order["output"])
        answer(orders, pid)
        answer(orders, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def answer(orders: TextIO, number: int) -> None:
    """A number, on a line of its own."""
    orders.write(f"{number}\n")
    orders.flush()


def run(words: list[str], output: str) -> None:
    """The command in this process, which ends with it."""
    written = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(written, 1)
    os.dup2(written, 2)
    sys.argv = ["sas", *words]
    app()


if __name__ == "__main__":
    main()
