"""The command ``serve``: the API on this machine."""

import errno
import socket
from ipaddress import ip_address
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from api.configuration import BadConfigurationError, load_valid_settings
from api.settings import LOOPBACK, ApiSettings

BAD_USAGE, BUSY = 2, 1
BACKLOG = 2048

CURSORS_END = (
    "SAS_CURSOR_KEY is not set: the cursors of searches end with this process "
    "(docs/how-to/manage-keys.md)."
)


def register(app: typer.Typer) -> None:
    """Add the command to ``sas``."""
    app.command("serve")(serve)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8000,
) -> None:
    """Serves the API until Ctrl+C: `POST /v1/search`, `GET /v1/offers/{id}`, `/livez`, `/readyz`.

    Without authentication (`SAS_AUTH=dev`) only callers of this machine are answered, unless
    `SAS_DEV_NETWORKS` names other networks.
    """
    from api.app import create_app  # noqa: PLC0415 - a second of imports only this command needs
    from api.server import build_server  # noqa: PLC0415

    try:
        chosen = load_valid_settings()
    except BadConfigurationError as error:
        _stop(str(error), BAD_USAGE)
    _refuse_open_network(host, chosen)
    listening = _listen(host, port)
    shown, bound = listening.getsockname()[:2]
    Console().print(f"API: http://{shown}:{bound}/docs (Ctrl+C stops it)", highlight=False)
    if chosen.cursor_key is None:
        Console(soft_wrap=True).print(CURSORS_END, highlight=False)
    build_server(create_app(chosen)).run(sockets=[listening])


def _refuse_open_network(host: str, chosen: ApiSettings) -> None:
    """Nobody is identified in ``dev``: it is not opened to a network by accident."""
    if chosen.auth != "dev" or _is_loopback(host) or tuple(chosen.dev_networks) != LOOPBACK:
        return
    _stop(
        f"Without authentication the API listens on this machine only, not on {host}: use "
        "--host 127.0.0.1, identify callers with SAS_AUTH=jwt, or name the networks you trust "
        "in SAS_DEV_NETWORKS.",
        BAD_USAGE,
    )


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
        _stop(f"Port {port} of {host} {reason}: choose another with --port.", BUSY)
    return listening


def _stop(sentence: str, code: int) -> NoReturn:
    Console(stderr=True, soft_wrap=True, highlight=False).print(sentence, style="red", markup=False)
    raise typer.Exit(code)
