"""What DynamoDB counts for functions' requests, line by line as JSON: MiniStack says it for writes as AWS does, and for reads not.

A write's units are MiniStack's: one for each started KiB of the larger of the item before and after, doubled in a transaction, and
those of the indexes. A read's line has the sizes of its items, since MiniStack takes every read for one of 4 KiB. A table's size,
where somebody asks for it, is what its items and its indexes' entries hold. The operator's own requests are not counted.
"""

import json

from ministack.services import dynamodb

OPERATOR = "Credential=test/"
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
READS = {"GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems"}


def install(path):
    """Counts from now on, into the file at `path`."""
    lines = open(path, "a", buffering=1, encoding="utf-8")
    serve = dynamodb.handle_request

    async def metered(method, url, headers, body, query):
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if OPERATOR in headers.get("authorization", ""):
            answer = await serve(method, url, headers, body, query)
            return sized(answer) if action == "DescribeTable" else answer
        if action in WRITES:
            asked = {**json.loads(body), "ReturnConsumedCapacity": "TOTAL"}
            status, sent, text = await serve(method, url, headers, json.dumps(asked).encode(), query)
            said = json.loads(text)
            # The function did not ask, so it is not told.
            note = {"write": action, "refused": status != 200, "units": units(said.pop("ConsumedCapacity", []))}
            if status == 200:
                text = json.dumps(said, ensure_ascii=False).encode()
            else:
                note["items"] = len(asked.get("TransactItems", [None]))
        else:
            status, sent, text = await serve(method, url, headers, body, query)
            if action not in READS:
                return status, sent, text
            asked = json.loads(body)
            note = {"read": action, "consistent": asked.get("ConsistentRead", False), "sizes": sizes(json.loads(text))}
        lines.write(json.dumps(note) + "\n")
        return status, sent, text

    dynamodb.handle_request = metered


def units(consumed):
    """The sum of what one table or several consumed, as text: it is not for binary fractions."""
    tables = consumed if isinstance(consumed, list) else [consumed]
    return str(sum(table["CapacityUnits"] for table in tables))


def sizes(answer):
    """Bytes of each item of an answer; nothing was found where the list is empty."""
    if "Item" in answer:
        items = [answer["Item"]]
    elif isinstance(answer.get("Responses"), list):
        items = [one.get("Item", {}) for one in answer["Responses"]]
    elif isinstance(answer.get("Responses"), dict):
        items = [item for table in answer["Responses"].values() for item in table]
    else:
        items = answer.get("Items", [])
    return [dynamodb._item_size_bytes(item) for item in items]


def sized(answer):
    """An answer of DescribeTable with the sizes that are there now; MiniStack knows none."""
    status, sent, text = answer
    if status != 200:
        return answer
    said = json.loads(text)
    described = said["Table"]
    table = dynamodb._tables[described["TableName"]]
    items = [item for sorted_by in table["items"].values() for item in sorted_by.values()]
    described["TableSizeBytes"] = sum(map(dynamodb._item_size_bytes, items))
    described["ItemCount"] = len(items)
    for index in described.get("GlobalSecondaryIndexes", []):
        entries = [dynamodb._index_write_view(table, index, item) for item in items]
        entries = [view for entry in entries if entry for view in entry[1:]]
        index["IndexSizeBytes"] = sum(map(dynamodb._item_size_bytes, entries))
        index["ItemCount"] = len(entries)
    return status, sent, json.dumps(said).encode()
