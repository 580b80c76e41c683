"""Whether data is good enough: reasons, quarantine, gate, statistics."""
