"""The engine at work: composition, intake, workers, scheduler, supervisor. The only place that reads clocks and makes ids."""
