"""What acts in the labs' networks from outside the guests: probes, mail, proofs of isolation."""
