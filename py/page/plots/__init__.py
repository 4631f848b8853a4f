"""The two large views: what they are drawn with, and what a person does in them."""
