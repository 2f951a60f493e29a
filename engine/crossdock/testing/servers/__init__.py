"""Private servers on loopback for tests, benchmarks and ``crossdock torture``: PostgreSQL, RabbitMQ, a TCP proxy.

Each has a port, a folder and an identity of its own and never touches a service that runs on the machine. Each dies
with the process that started it, however that process ends, and leaves nothing behind.
"""
