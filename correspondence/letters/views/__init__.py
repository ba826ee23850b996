"""The pages of letters: the queue of the printer, a batch, the company's paper."""
