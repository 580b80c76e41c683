"""The platform played against an editor's server: which lines of the guide hold, and why not."""
