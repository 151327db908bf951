"""What TRL's client imports of vLLM, for machines that have neither it nor a GPU: weights go over HTTP."""

LLM = RequestOutput = SamplingParams = None
