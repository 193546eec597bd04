"""The demo: one made-up practice, its people, and cases in every state. Nobody in it exists."""
