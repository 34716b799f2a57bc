"""Planning: a scenario times its teams becomes names, addresses and bytes. Pure."""
