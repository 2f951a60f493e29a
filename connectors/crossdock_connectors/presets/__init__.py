"""Presets of systems, one YAML file each (see ``crossdock.preset``)."""
