"""Progress of a run: its stages and documents done; a listener may renew a lock on the way."""

from collections.abc import Callable

from indexers.runs.stage_times import StageTimes


class ProgressListener:
    """Silent by default; the command line shows the stages, tests count them."""

    def __init__(self) -> None:
        self.times = StageTimes()
        self._beats: list[Callable[[], None]] = []

    def on_beat(self, beat: Callable[[], None]) -> None:
        """Call ``beat`` at every stage and batch, to keep a lock alive."""
        self._beats.append(beat)

    def stage(self, name: str) -> None:
        """A stage begins; ``name`` is a phrase for people."""
        self.times.begin(name)
        self.show_stage(name)
        self._beat()

    def count(self, done: int) -> None:
        """So many documents are done in this stage."""
        self.show_count(done)
        self._beat()

    def show_stage(self, name: str) -> None:
        """Show the stage."""

    def show_count(self, done: int) -> None:
        """Show the count."""

    def _beat(self) -> None:
        for beat in self._beats:
            beat()
