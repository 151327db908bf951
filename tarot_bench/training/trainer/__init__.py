"""One GRPO run on TRL: arguments, trainer, callbacks, curve and model card."""
