"""The shape of answers, for the OpenAPI document only."""
