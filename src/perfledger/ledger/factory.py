"""What eventsourcing's Application asks for its store: ours, whatever the environment says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from eventsourcing import persistence as es
from eventsourcing.utils import Environment, EnvType

if TYPE_CHECKING:
    from perfledger.ledger.store import Store


class StoreFactory(es.InfrastructureFactory["Store"]):
    """Gives eventsourcing's Application one store and nothing from any environment.

    The library's factories take classes to import, ciphers and compressors from environment
    variables; here none of them is looked at, so nothing outside can change the bytes stored.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(Environment())
        self._store = store

    @classmethod
    def for_store(cls, store: Store) -> Self:
        """Return a factory whose recorders are all `store`."""
        return cls(store)

    @classmethod
    def construct(cls, env: Environment | EnvType | None = None) -> Self:
        """Raise NotSupportedError: an environment does not choose the store."""
        raise es.NotSupportedError("use StoreFactory.for_store()")

    def transcoder(self) -> es.Transcoder:
        """Return the library's plain JSON transcoder."""
        return es.JSONTranscoder()

    def cipher(self) -> es.Cipher | None:
        """Return None: leaves are stored as they are."""
        return None

    def compressor(self) -> es.Compressor | None:
        """Return None: leaves are stored as they are."""
        return None

    def mapper(
        self,
        transcoder: es.Transcoder | None = None,
        mapper_class: type[es.Mapper[Any]] | None = None,
    ) -> es.Mapper[Any]:
        """Make a mapper of the given class; without one raises NotSupportedError.

        The library's default would write the import paths of classes into the rows.
        """
        if mapper_class is None:
            raise es.NotSupportedError("name the mapper's class: override construct_mapper()")
        return mapper_class(transcoder=transcoder or self.transcoder())

    def is_snapshotting_enabled(self) -> bool:
        """Return False: the ledger keeps no snapshots."""
        return False

    def aggregate_recorder(self, purpose: str = "events") -> es.AggregateRecorder:
        """Return the store; raises NotSupportedError for any purpose but events."""
        if purpose != "events":
            raise es.NotSupportedError(f"the ledger keeps no {purpose}")
        return self._store

    def application_recorder(self) -> es.ApplicationRecorder:
        """Return the store."""
        return self._store

    def tracking_recorder(self, tracking_recorder_class: type[Store] | None = None) -> Store:
        """Return the store."""
        return self._store

    def process_recorder(self) -> es.ProcessRecorder:
        """Return the store."""
        return self._store
