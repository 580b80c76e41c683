"""The order of the results: a patient's effort in minutes, and the one script that counts it."""
