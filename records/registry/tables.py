"""The table of dispatch software."""

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from mappings.bounds import NAME
from records.columns import Base, Declared


class DispatchSoftware(Declared, Base):
    """One dispatch software, by the assignment authority that its links name as their origin."""

    __tablename__ = "dispatch_software"
    __table_args__ = (CheckConstraint("length(origin) > 0", name="origin"),)

    origin: Mapped[str] = mapped_column(String(NAME.longest), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME.longest))
    active: Mapped[bool]
