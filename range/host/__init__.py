"""What this machine has, lacks, and how that is mended."""
