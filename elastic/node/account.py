"""Account of the node: Elasticsearch refuses root, so root runs it as an unprivileged one."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from elastic.node.errors import PlaceUnreachable

UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Account:
    """An account of this machine."""

    name: str
    uid: int
    gid: int


def node_account() -> Account | None:
    """The account to run as, None to run as ourselves."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(UNPRIVILEGED)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def can_enter(account: Account | None, folder: Path) -> bool:
    """Whether the account may pass through every folder down to ``folder``."""
    if account is None:
        return os.access(folder, os.X_OK)
    resolved = folder.resolve()
    return all(_can_pass(account, step) for step in (resolved, *resolved.parents))


def require_entry(account: Account | None, folder: Path) -> None:
    """Raise ``PlaceUnreachable`` unless the account may enter."""
    if not can_enter(account, folder):
        name = account.name if account else "this account"
        raise PlaceUnreachable(
            f"{folder} cannot be entered by {name}, which Elasticsearch has to run as: set "
            "SAS_STATE_DIR to a folder outside private homes, such as "
            "/var/lib/sas-search-engine, or run as an ordinary user."
        )


def chown_tree(account: Account | None, folder: Path) -> None:
    """Make a folder and all in it the account's own."""
    if account is None:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def _can_pass(account: Account, folder: Path) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
