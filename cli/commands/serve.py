"""The command ``serve``: the API on this machine."""

import errno
import socket
from contextlib import nullcontext
from ipaddress import ip_address
from typing import Annotated, Any, Protocol

import typer

from cli.child_worker import open_child_worker
from cli.exit_codes import BAD_USAGE, REFUSED
from cli.output import exit_with_error, print_line
from search_engine.request.configuration import BadConfigurationError

APPLICATION = "api.app:create_app"
"""Import string of the factory, as ``uvicorn --factory`` takes it."""
SERVER = "api.door:build_server_config"
"""Import string of the server's configuration, which bounds what a connection may do."""
BACKLOG = 2048
"""Connections that may wait to be accepted."""

CURSORS_END = (
    "SAS_CURSOR_KEY is not set: the cursors of searches end with this process "
    "(docs/how-to/manage-keys.md)."
)
OPEN_NETWORK = (
    "Without authentication the API listens on this machine only, not on {host}: use "
    "--host 127.0.0.1, identify callers with SAS_AUTH=jwt, or name the networks you trust "
    "in SAS_DEV_NETWORKS."
)


class ServedSettings(Protocol):
    """The settings of the application that this command reads, in ``app.state.settings``."""

    is_local_only: bool
    cursor_key: object | None


def register(app: typer.Typer) -> None:
    """Add the command to ``sas``."""
    app.command("serve")(serve)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8000,
    with_worker: Annotated[
        bool,
        typer.Option(
            "--worker/--no-worker",
            help="A worker beside it, which ends with it; none where workers run apart.",
        ),
    ] = True,
) -> None:
    """Serves the API until Ctrl+C: `POST /v1/search`, `GET /v1/offers/{id}`, `/livez`, `/readyz`.

    Without authentication (`SAS_AUTH=dev`) only callers of this machine are answered, unless
    `SAS_DEV_NETWORKS` names other networks. A worker runs beside it, unless `--no-worker` is given.
    """
    import uvicorn  # noqa: PLC0415 - needed by this command alone

    application = _create_application()
    settings: ServedSettings = application.state.settings
    if settings.is_local_only and not _is_loopback(host):
        exit_with_error(OPEN_NETWORK.format(host=host), BAD_USAGE)
    listening = _listen(host, port)
    address, bound = listening.getsockname()[:2]
    shown = "127.0.0.1" if address == "0.0.0.0" else address  # noqa: S104 - a name of none
    print_line(f"API: http://{shown}:{bound}/docs (Ctrl+C stops it)")
    if settings.cursor_key is None:
        print_line(CURSORS_END)
    server = uvicorn.Server(_import(SERVER)(application))
    with open_child_worker() if with_worker else nullcontext():
        server.run(sockets=[listening])


def _import(name: str) -> Any:
    from uvicorn.importer import import_from_string  # noqa: PLC0415

    return import_from_string(name)


def _create_application() -> Any:
    """The application, or the end of the command with the setting to correct."""
    try:
        return _import(APPLICATION)()
    except BadConfigurationError as error:
        exit_with_error(str(error), BAD_USAGE)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        reason = "is already taken" if error.errno == errno.EADDRINUSE else "cannot be opened"
        sentence = f"Port {port} of {host} {reason}: choose another with --port."
        exit_with_error(sentence, REFUSED)
    return listening
