"""Curriculum reinforcement fine-tuning: probe, choose, reward, train."""
