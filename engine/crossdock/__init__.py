"""crossdock moves business documents between systems that do not speak the same language."""
