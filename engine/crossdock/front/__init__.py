"""The front: what answers on the network at the addresses that routes have. ASGI, and hands its work to the journal."""
