"""``from: http: {path: …}``: an address of ours that others send to."""
