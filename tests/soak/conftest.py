"""The soak works in the private corner of the node that the crash tests use."""

from tests.night.conftest import crash_harness as night_harness
from tests.night.conftest import runner_socket as night_program

crash_harness, runner_socket = night_harness, night_program
