"""Chinese search with CKAN's stock query parser, and translations that CKAN 2.12's zh_Hans_CN lacks (see i18n/).

CKAN sends the query to Solr's dismax parser with mm=2<-1 5<80%. dismax counts clauses between blanks; Chinese has none, so 体育馆
is one clause whose bigrams (体育, 育馆) are alternatives, and everything that says 体育 is found. Split the runs of Han characters
into bigram clauses and mm means for Chinese what it means for English words.
"""

import re
from pathlib import Path

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.plugins import DefaultTranslation

MATCH = "2<-1 3<60%"  # 2 clauses: both; 3: two of them; more: 60 %. CKAN's own mm finds nothing for 运动员成绩
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")


def clauses(query, abbreviations=()):
    """体育馆 2026 -> 体育 育馆 2026"""
    for short, full in abbreviations:
        query = query.replace(short, full)
    return HAN.sub(
        lambda run: " " + " ".join(run[0][i : i + 2] for i in range(max(1, len(run[0]) - 1))) + " ", query
    ).strip()


def latest(rows=6):
    """The datasets changed last, for the home page (CKAN's own list there is by views)."""
    return tk.get_action("package_search")({}, {"rows": rows, "sort": "metadata_modified desc"})["results"]


class ZhPortalPlugin(p.SingletonPlugin, DefaultTranslation):
    p.implements(p.ITranslation)
    p.implements(p.ITemplateHelpers)
    p.implements(p.IConfigDeclaration)
    p.implements(p.IConfigurable)
    p.implements(p.IPackageController, inherit=True)

    def get_helpers(self):
        return {"zhportal_latest": latest}

    def declare_config_options(self, declaration, key):
        declaration.declare(key.zhportal.abbreviations, "").set_description(
            "file of abbreviations, `short long` a line"
        )

    def configure(self, config):
        name = config.get("zhportal.abbreviations")
        lines = Path(name).read_text(encoding="utf-8").splitlines() if name else []
        self.abbreviations = [line.split() for line in lines if line.strip() and not line.startswith("#")]

    def before_dataset_search(self, search_params):
        query = search_params.get("q") or ""
        if ":" not in query and HAN.search(query):  # with a colon CKAN uses the Lucene parser, which needs no help
            search_params["q"] = clauses(query, self.abbreviations)
            search_params.setdefault("mm", MATCH)
        return search_params

    def before_dataset_index(self, pkg_dict):
        """CKAN indexes only the names (slugs) of organisation and groups; add their titles and long forms of abbreviations."""
        slugs = [pkg_dict.get("organization")] + list(pkg_dict.get("groups") or [])
        titles = [group.title for group in map(model.Group.get, filter(None, slugs)) if group and group.title]
        text = f"{pkg_dict.get('title') or ''} {pkg_dict.get('notes') or ''}"
        titles += [full for short, full in self.abbreviations if short in text]
        pkg_dict["extras_zhportal"] = " / ".join(titles)
        return pkg_dict
