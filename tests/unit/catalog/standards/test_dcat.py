import json
from pathlib import Path
from typing import get_args

import pytest
from pyshacl import validate
from rdflib import DCTERMS, FOAF, RDF, XSD, Graph, Literal, Namespace, URIRef

from catalog.entry import build_entry
from catalog.site_address import SiteAddress
from catalog.standards.dcat import dcat_catalogue
from catalog.standards.dcat_nodes import ACCESS, FREQUENCY
from schemas.metadata import OpenType, UpdateCycle
from support import releases
from support.contracts import POLICY
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release

SHAPES = Path(releases.__file__).parent / "dcat_ap_mandatory.ttl"
DCAT = Namespace("http://www.w3.org/ns/dcat#")  # rdflib's own stops before DCAT 3
SITE = "https://data.example.org/"
# rdflib's JSON-LD reader uses a class that rdflib itself has deprecated; nothing of ours.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


def graph_of(entries):
    return Graph().parse(data=json.dumps(dcat_catalogue(entries)), format="json-ld", publicID=SITE)


RECOMMENDED = {
    DCAT.Catalog: {DCTERMS.issued, DCTERMS.modified, DCTERMS.language, DCTERMS.spatial, DCAT.themeTaxonomy, FOAF.homepage},
    DCAT.Dataset: {
        DCTERMS.accessRights, DCTERMS.accrualPeriodicity, DCTERMS.issued, DCTERMS.modified, DCTERMS.publisher, DCTERMS.spatial,
        DCTERMS.temporal, DCAT.contactPoint, DCAT.keyword, DCAT.landingPage, DCAT.theme,
    },
    DCAT.Distribution: {DCTERMS.description, DCTERMS.format, DCTERMS.license, DCTERMS.title, DCAT.mediaType, DCAT.byteSize},
    FOAF.Agent: {DCTERMS.type},
    DCTERMS.LicenseDocument: {DCTERMS.type},
    DCTERMS.Location: {DCAT.bbox},
}  # fmt: skip
"""Recommended by DCAT-AP 3.0.1 and written by us; `dcat.py` says which others are not, and why."""


def conforms(graph):
    good, _, report = validate(graph, shacl_graph=Graph().parse(SHAPES), inplace=False)
    return good, report


@pytest.fixture
def entry(tmp_path):
    contract = facility_contract()
    write_release(tmp_path, contract, PLACES, number="2026.9.1", created="2026-09-01T10:00:00+08:00")
    folder = write_release(tmp_path, contract, PLACES, previous="2026.9.1", synthetic=True)
    return build_entry(contract, folder, DEPARTMENTS)


def test_what_dcat_ap_makes_mandatory_is_there(entry):
    good, report = conforms(graph_of([entry]))
    assert good, report


def test_what_dcat_ap_recommends_is_there_where_it_is_on_record(entry):
    graph = graph_of([entry])
    for kind, properties in RECOMMENDED.items():
        for node in graph.subjects(RDF.type, kind):
            assert properties - set(graph.predicates(node)) == set(), node


def test_a_catalogue_of_nothing_is_valid_too():
    good, report = conforms(graph_of([]))
    assert good, report


@pytest.mark.parametrize("lost", ["dct:title", "dct:publisher", "dct:description"])
def test_the_shapes_notice_what_is_missing(entry, lost):
    said = dcat_catalogue([entry])
    del said[lost]
    graph = Graph().parse(data=json.dumps(said), format="json-ld", publicID=SITE)
    assert conforms(graph)[0] is False


def test_every_name_expands_to_a_full_address(entry):
    for triple in graph_of([entry]):
        for node in triple:
            if isinstance(node, URIRef):
                assert str(node).startswith(("http://", "https://", "urn:uuid:", "tel:", "mailto:")), node


def test_a_dataset_says_its_titles_in_both_languages_and_its_three_dates(entry):
    graph, dataset = graph_of([entry]), URIRef(f"urn:uuid:{entry.id}")
    assert set(graph.objects(dataset, DCTERMS.title)) == {
        Literal("体育场地", lang="zh"),
        Literal("Sports facilities", lang="en"),
    }
    assert graph.value(dataset, DCTERMS.issued) == Literal("2026-09-01", datatype=XSD.date)
    assert graph.value(dataset, DCTERMS.modified) == Literal("2026-11-23", datatype=XSD.date)
    assert str(graph.value(dataset, DCTERMS.accrualPeriodicity)).endswith("/frequency/ANNUAL")
    assert str(graph.value(dataset, DCAT.version)) == "2026.11.1"


def test_files_are_where_the_site_has_them(entry):
    graph = graph_of([entry])
    addresses = {str(address) for address in graph.objects(None, DCAT.downloadURL)}
    assert f"{SITE}releases/facility/2026.11.1/facility.csv" in addresses
    assert f"{SITE}releases/facility/2026.9.1/facility.csv" in addresses
    assert len(set(graph.subjects(RDF.type, DCAT.Distribution))) == 8


def test_the_release_before_is_named(entry):
    graph, dataset = graph_of([entry]), URIRef(f"urn:uuid:{entry.id}")
    earlier = graph.value(dataset, DCAT.previousVersion)
    assert str(graph.value(earlier, DCAT.version)) == "2026.9.1"
    assert set(graph.objects(dataset, DCAT.hasVersion)) == {earlier}


def test_a_harvester_that_takes_every_dataset_of_the_document_takes_the_current_ones_alone(entry):
    """As ckanext-dcat's RDFParser does: all subjects of the class `dcat:Dataset`, in the catalogue or not."""
    graph = graph_of([entry])
    assert set(graph.subjects(RDF.type, DCAT.Dataset)) == {URIRef(f"urn:uuid:{entry.id}")}


def test_every_address_is_absolute_where_that_of_the_site_is_known(entry):
    site = SiteAddress("https://data.example.org/sports/")
    said = json.dumps(dcat_catalogue([entry], site))
    graph = Graph().parse(data=said, format="json-ld", publicID="https://elsewhere.example.org/")
    assert "elsewhere" not in graph.serialize()
    assert f"{SITE}sports/releases/facility/2026.11.1/facility.csv" in said
    assert f"{SITE}sports/dataset/facility/index.html" in said


def test_a_licence_has_one_address_and_its_name_in_both_languages(entry):
    graph = graph_of([entry])
    (licence,) = set(graph.objects(None, DCTERMS.license))
    assert str(licence) == "https://creativecommons.org/licenses/by/4.0/"
    assert Literal("Creative Commons Attribution 4.0 International", lang="en") in set(
        graph.objects(licence, DCTERMS.title)
    )


def test_an_office_address_becomes_a_link_and_none_becomes_nothing(tmp_path, entry):
    assert "hasEmail" not in json.dumps(dcat_catalogue([entry]))
    provider = {**POLICY["catalogue"]["provider"], "email": "office@example.org", "phone": "024 2320 6016"}
    contract = facility_contract(policy={"catalogue": {**POLICY["catalogue"], "provider": provider}})
    said = json.dumps(
        dcat_catalogue([build_entry(contract, write_release(tmp_path / "b", contract, PLACES), DEPARTMENTS)])
    )
    assert "mailto:office@example.org" in said
    assert "tel:02423206016" in said


def test_every_cycle_and_open_type_has_its_word():
    assert set(FREQUENCY) == set(get_args(UpdateCycle))
    assert set(ACCESS) == set(get_args(OpenType))
