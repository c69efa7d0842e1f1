"""Who makes entries of what searchers propose: by rows, by a function, or by truths."""
