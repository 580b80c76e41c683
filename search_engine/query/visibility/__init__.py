"""Who is told beside the slots: people seen from afar."""
