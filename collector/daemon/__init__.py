"""``yunwei run``: probes, takes deliveries in, computes, publishes and keeps house, each at its time.

The only package that schedules. What is due follows from the configuration, the store and the clock alone, so that
a server that was off makes up for what it missed.
"""
