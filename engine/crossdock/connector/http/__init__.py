"""HTTP as a client: one connection's options, the exchange, who we are, and what a reply means.

``client.HttpClient`` is the one door to the network; httpx2 is known to ``transport`` alone and imported when the first
request leaves. What protocols on top of HTTP have in common stands here; a connector adds its own words.
"""
