"""Charts and dot maps as SVG, drawn from released rows without a script: figures, drawing, and the words beside them.

Not here: pages that show them (`catalog/dataset_page.py`, `catalog/static_site`), the map of the venue finder (`catalog/finder`).
"""
