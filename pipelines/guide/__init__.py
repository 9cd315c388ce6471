"""The collection and publication guide (开放和采集指引): one page a dataset, made from its contract, and one page that lists them.

Read `make.write_guide` first; `page` is the view of a dataset's page. Templates and sentences lie in `pipelines/pages`. Not here: the
look (`catalog/pages`), the Excel template (`pipelines/template`).
"""
