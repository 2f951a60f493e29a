"""The distributed bus: hints over RabbitMQ, for any number of machines. Made of ``crossdock.amqp``."""
