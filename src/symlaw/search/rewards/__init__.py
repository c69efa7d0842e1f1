"""The search for reward machines: which events lead on, few states, and parts that come again."""
