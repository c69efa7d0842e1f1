"""What symlaw is measured with: problems with known laws, peers, and the judge of what was found."""
