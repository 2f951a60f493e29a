"""The engine in simulated time: thousands of seeded schedules of crashes, cuts and failing systems a minute.

Worker, dispatcher, couriers, intake, scheduler, leases and the journal in memory are the real ones. Clocks, bus, lines,
pools and the systems on the other side are simulated, each from one seed, so that a run that fails can be run again,
made smaller and read.

    for verdict in simulate_seeds(range(2000)):
        assert verdict.ok, verdict
"""

from crossdock.testing.simulation.cluster import Defects
from crossdock.testing.simulation.plan import Fault, Plan, plan_of
from crossdock.testing.simulation.run import Verdict, simulate, simulate_seeds
from crossdock.testing.simulation.shrink import shrink

__all__ = ["Defects", "Fault", "Plan", "Verdict", "plan_of", "shrink", "simulate", "simulate_seeds"]
