"""Mark of a process, from which another on the same machine sees whether it lives."""

import hashlib
import os
import socket
from pathlib import Path

from elastic.node.state import process_birth

DIGITS = 12
"""Hexadecimal digits kept of a digest: enough to distinguish machines and processes."""


def process_mark() -> str:
    """A mark of this process, fit for a file name: its room, its number, its birth."""
    pid = os.getpid()
    return f"{_process_scope()}-{pid}-{_digest(process_birth(pid) or '')}"


def is_dead(mark: str) -> bool:
    """True when the process of a mark ran here and is gone.

    A process of another machine, of another start of this one or of another container cannot be
    seen from here, so it never counts as dead; nor is the owner of what is no mark.
    """
    room, _, process = mark.partition("-")
    number, _, birth = process.partition("-")
    if room != _process_scope() or not number.isdecimal():
        return False
    return _digest(process_birth(int(number)) or "gone") != birth


def _process_scope() -> str:
    """The host, its start and the container: within one, a number is of one process at a time."""
    boot, numbers = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    started = boot.read_text().strip() if boot.exists() else ""
    space = str(numbers.readlink()) if numbers.is_symlink() else ""
    return _digest(f"{socket.gethostname()} {started} {space}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
