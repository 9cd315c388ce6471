"""The static site: its pages, pictures, files for machines and search, drawn from catalogue entries into a folder that works offline.

Start with `static.py`. Not here: the templates (`catalog/pages`), the venue finder and the table browser (`catalog/finder`,
`catalog/table`), documents of single standards (`catalog/standards`).
"""
