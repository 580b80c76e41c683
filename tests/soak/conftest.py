"""The soak works in the private corner of the node that the crash tests use."""

from tests.night.conftest import crash_harness as night_harness
from tests.night.conftest import loaded_program as night_program

crash_harness, loaded_program = night_harness, night_program
