"""The collection and publication guide (开放和采集指引): one page per dataset, generated from its contract, and an index page.

Start with `guide_files.write_guide`; `page` is the view of a dataset's page. Templates and sentences are in `pipelines/pages`.
Not here: the layout (`catalog/pages`), the Excel template (`pipelines/template`).
"""
