"""Banks of all short rules by what they say of the rows, and rules that meet in the middle of them."""
