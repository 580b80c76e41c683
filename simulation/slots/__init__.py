"""Invented slots: agendas, bookings, editors' answers."""
