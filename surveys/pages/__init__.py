"""The managers' pages of surveys. For everybody else they do not exist."""
