"""Parts of a device that fail and recover: readers and storage."""

from broker.messages.message import Code, Count, Id, Message


class ReaderFailed(Message):
    """A reader answers no more, or wrongly."""

    type = "reader.failed.v1"
    point: Id
    reader: Id
    fault: Code


class ReaderRecovered(Message):
    """A reader answers again."""

    type = "reader.recovered.v1"
    point: Id
    reader: Id


class StorageLow(Message):
    """Little room is left."""

    type = "storage.low.v1"
    free_kb: Count


class StorageFull(Message):
    """No room is left: the reserve was released, essential events go on."""

    type = "storage.full.v1"
    free_kb: Count


class StorageRecovered(Message):
    """There is room again."""

    type = "storage.recovered.v1"
    free_kb: Count
