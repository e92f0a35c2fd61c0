"""The web inbox: the third surface, for people whom no chat reaches, for leads, and for a first try without a chat."""
