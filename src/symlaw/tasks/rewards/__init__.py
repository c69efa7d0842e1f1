"""`symlaw.reward_machine`: what rewards depend on, of traces of events and rewards."""
