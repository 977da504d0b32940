"""What a cache promises, and the proof."""
