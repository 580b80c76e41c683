"""The SAS agenda as exchanged: rules in local time, and the days and instants they stand for."""
