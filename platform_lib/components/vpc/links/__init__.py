"""Ways out of a network that are not the internet: VPNs, dedicated lines, hubs, as plans. Imports nothing of pulumi."""
