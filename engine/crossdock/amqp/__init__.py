"""AMQP 0-9-1 as RabbitMQ speaks it: addresses, connections, a pipelined publisher, a consumer, topology.

The one place that knows kombu and py-amqp. The bus and the ``amqp`` connector are both made of this. Three rules,
each measured, hold in every file: a connection belongs to one thread; callbacks only append; after any error the
connection is thrown away and a new one made.
"""
