"""Looking at labs: what probes see, and the proof that nothing gets out."""
