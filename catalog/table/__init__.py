"""Pages on which people filter, sort and query the whole table of a dataset in their browser, without a server.

    table_page.py      the page: its view, its path, and the files that all these pages share
    sample_query.py    the query with which the page begins

Not here: templates and scripts (`catalog/pages/table*`), the programs of others that run in the browser (`catalog/static_site/browser_programs.py`).
"""
