"""Watched and filled folders, wherever they lie: their options, which names are taken, how long to wait for a file."""
