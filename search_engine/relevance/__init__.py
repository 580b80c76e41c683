"""How relevance is watched: judged searches, what each page must hold, what they give together."""
