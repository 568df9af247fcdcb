"""Parts for Manim scenes about deep learning. They take arrays and draw what is in them."""
