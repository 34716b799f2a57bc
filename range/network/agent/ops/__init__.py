"""What an agent can do, one file each. They run in a process of their own, without rights."""
