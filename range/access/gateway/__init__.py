"""The process that trainees talk to: listens on the host, dials in the lab, can do nothing else."""
