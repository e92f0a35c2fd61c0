"""A strict stand-in for Microsoft Teams: who signs, who takes messages, what a person sees."""
