"""Answers from the analysts' file and the catalogue, with their sources, for programs that ask by the Model Context Protocol."""
