"""The gallery: a website of every concept that opens from disk and asks nothing of the network."""
