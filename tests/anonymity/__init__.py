"""An attacker with everything that can be held: dumps after every submit, logs, files, the broker."""
