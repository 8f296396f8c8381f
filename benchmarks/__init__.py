"""What the README's figures come from: each claim beside its floor or peer, in one run."""
