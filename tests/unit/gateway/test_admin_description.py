"""What the document says of administrators' lists is what they take."""

import json
import re
from uuid import uuid4

import pytest
from gateway.admin.listing import Listing
from gateway.api.admin.dialect import DESCRIBED_IDS, MAX_FILTER_LENGTH
from gateway.api.admin.resources import LISTINGS
from support.openapi import document

PATHS = document()["paths"]

VALUES = {
    "uuid": [json.dumps(str(uuid4()))],
    "bigint": ["1", str(2**49)],
    "bytea": ['"beef"'],
    "text": ['"failed"', '"pending"', '"verified"', '"orders"', '"paused"'],
}


@pytest.mark.parametrize("name", LISTINGS)
def test_filters_and_orders_of_the_document_are_those_of_the_list(name: str) -> None:
    listing: Listing = LISTINGS[name]
    parameters = {each["name"]: each["schema"] for each in PATHS[f"/api/v1/admin/{name}"]["get"]["parameters"]}
    sorts = {json.loads(each)[0] for each in parameters["sort"]["enum"]}
    assert sorts == {sort for way in listing.ways.values() for sort in way}
    pattern = re.compile(parameters["filter"]["pattern"])
    for column in listing.ways:
        for value in VALUES[column.type] if column else []:
            said = pattern.fullmatch(f'{{"{column.name if column else ""}":{value}}}') is not None
            try:
                taken = column is not None and column.read(json.loads(value)) is not None
            except ValueError:
                taken = False
            assert said == taken, (column, value)
    for whole in ("{}", '{"id":[]}', '{"id":["a~b","c"]}', '{"id":[1,20]}'):
        assert pattern.fullmatch(whole)
    for other in ('{"nothing":1}', "[]", '{"id":1}', '{"id":["a"],"id":["b"]}', '{"id":["\t"]}', '{"id":[01]}'):
        assert not pattern.fullmatch(other)
    longest = f'{{"id":[{",".join([json.dumps("x" * 80)] * DESCRIBED_IDS)}]}}'
    assert pattern.fullmatch(longest)
    assert len(longest) <= MAX_FILTER_LENGTH
    assert re.fullmatch(parameters["range"]["pattern"], "[0,24]")
