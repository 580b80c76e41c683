"""Who can see the patient otherwise than by a slot of his own: open places of duty, people afar."""
