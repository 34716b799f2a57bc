"""The default provider: unprivileged system containers through libvirt LXC."""
