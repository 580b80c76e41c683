"""RPPS, the register of professionals."""
