"""Roles of the people and programs that call the service."""

from enum import StrEnum


class UserRole(StrEnum):
    """What somebody does in the SAS; one person may hold several."""

    OSNP = "OSNP"
    IOA = "IOA"
    DATA_TEAM = "DATA_TEAM"
    ACCOUNT_MANAGER = "ACCOUNT_MANAGER"
    ADMINISTRATOR = "ADMINISTRATOR"
    DELEGATE = "DELEGATE"
    STRUCTURE_MANAGER = "STRUCTURE_MANAGER"
    OTHER = "OTHER"
