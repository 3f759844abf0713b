"""Tables of results: NumPy arrays by column, and Arrow for whoever takes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy

from . import _spof


class Table:
    """Columns by name. Numbers are NumPy arrays that look into the table's own memory; names of
    classes and outcomes are arrays of texts. pandas, Polars and pyarrow take a table as it is, by
    the Arrow PyCapsule interface: `polars.DataFrame(table)`, `pyarrow.table(table)`.

    >>> import spof
    >>> rows = spof.simulate(spof.one_server().set({"run.duration": "10s", "run.warmup": "1s"})).latencies
    >>> rows.names[:4]
    ['id', 'class', 'start_s', 'latency_ms']
    >>> rows["latency_ms"].dtype, len(rows) == len(rows["latency_ms"])
    (dtype('float64'), True)
    >>> sorted(set(rows["class"]))
    ['asset', 'page']
    """

    def __init__(self, inner: _spof.Table) -> None:
        self._inner = inner

    @property
    def names(self) -> list[str]:
        """The names of its columns."""
        return self._inner.names

    def __len__(self) -> int:
        return len(self._inner)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __getitem__(self, name: str) -> numpy.ndarray[Any, Any]:
        if name not in self.names:
            raise KeyError(f"there is no column {name!r}; there are {', '.join(self.names)}")
        texts, numbers = self._inner.texts(name), self._inner.numbers(name)
        if texts is None:
            assert numbers is not None, "a column has numbers or texts"
            return numbers
        names = numpy.array(texts, dtype=object)
        return names if numbers is None else names[numbers]

    def where(self, **wanted: object) -> dict[str, numpy.ndarray[Any, Any]]:
        """The columns of those rows alone in which the named columns have these values; a Python
        keyword such as `class` takes an underscore.

        >>> import spof
        >>> rows = spof.simulate(spof.one_server().set({"run.duration": "10s", "run.warmup": "1s"})).latencies
        >>> pages = rows.where(class_="page", outcome="ok")
        >>> set(pages["class"])
        {'page'}
        """
        chosen = numpy.ones(len(self), dtype=bool)
        for name, value in wanted.items():
            chosen &= self[name.rstrip("_")] == value
        return {name: self[name][chosen] for name in self.names}

    def to_pandas(self) -> Any:
        """A pandas DataFrame; names of classes and outcomes are categories."""
        try:
            import pandas
            import pyarrow
        except ModuleNotFoundError as error:
            raise ImportError("to_pandas needs more: pip install 'spof[pandas]'") from error
        frame: pandas.DataFrame = pyarrow.table(self).to_pandas()
        return frame

    def to_polars(self) -> Any:
        """A Polars DataFrame."""
        import polars

        return polars.DataFrame(self)

    def to_arrow(self) -> Any:
        """A pyarrow Table, which shares the memory."""
        import pyarrow

        return pyarrow.table(self)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._inner.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return f"<Table of {len(self):,} rows: {', '.join(self.names)}>"
