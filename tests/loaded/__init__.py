"""A server under load that is killed: what is made ready, who asks, and what is looked at afterwards."""
