"""Looking at labs: probes yield raw observations."""
