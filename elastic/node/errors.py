"""Failures of the embedded node; each message is one sentence, with the way out."""

from elastic.errors import ElasticError


class NodeError(ElasticError):
    """Any failure of the embedded node."""


class InstallFailed(NodeError):
    """One way to a distribution did not work; the next one is tried."""


class NoDistribution(NodeError):
    """No way to a distribution worked."""


class NotADistribution(NodeError):
    """The folder named is no Elasticsearch of a version we know."""


class NoJdk(NodeError):
    """No Java Elasticsearch can run on."""


class PortBusy(NodeError):
    """The port is taken: before the start, or by another program during it."""

    def __init__(self, message: str, port: int) -> None:
        super().__init__(message)
        self.port = port


class PlaceUnreachable(NodeError):
    """The account the node runs as cannot enter a folder it needs."""


class BadHeap(NodeError):
    """The requested heap is no size."""


class NodeDied(NodeError):
    """The node ended while it started."""


class NodeSlow(NodeError):
    """The node did not answer in the time given."""


class ClusterMismatch(NodeError):
    """The embedded cluster differs from the requested one."""
