"""Places: communes, departments and their radii, time zones, addresses, geocoding."""
