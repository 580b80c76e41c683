"""The soak works in the private corner of the node that the crash tests use."""

from tests.night.conftest import crash_harness as night_harness

crash_harness = night_harness
