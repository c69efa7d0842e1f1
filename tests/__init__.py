"""Tests, a package of their own: others in site-packages are called so too."""
