"""Sequences that hold no items: each one is read or made when it is asked for."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Generic, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


class Selected(Sequence[_Item]):
    """Some items of a sequence, in a chosen order; it holds their positions, 8 bytes each."""

    def __init__(self, items: Sequence[_Item], places: ArrayLike) -> None:
        """Select the items at `places`, an array of positions in `items`."""
        self._items = items
        self.places: NDArray[np.int64] = np.asarray(places, np.int64)

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, at: int) -> _Item: ...

    @overload
    def __getitem__(self, at: slice) -> "Selected[_Item]": ...

    def __getitem__(self, at: int | slice) -> "_Item | Selected[_Item]":
        if isinstance(at, slice):
            return Selected(self._items, self.places[at])
        return self._items[int(self.places[at])]

    def __iter__(self) -> Iterator[_Item]:
        for start in range(0, len(self.places), 1024):
            for place in self.places[start : start + 1024].tolist():
                yield self._items[place]


class Mapped(Sequence[_Made], Generic[_Item, _Made]):
    """What a function makes of the items of a sequence, made anew whenever it is asked for."""

    def __init__(self, items: Sequence[_Item], make: Callable[[_Item], _Made]) -> None:
        self._items, self._make = items, make

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, at: int) -> _Made: ...

    @overload
    def __getitem__(self, at: slice) -> "Mapped[_Item, _Made]": ...

    def __getitem__(self, at: int | slice) -> "_Made | Mapped[_Item, _Made]":
        return Mapped(self._items[at], self._make) if isinstance(at, slice) else self._make(self._items[at])

    def __iter__(self) -> Iterator[_Made]:
        return map(self._make, self._items)


class Streamed(Sequence[_Item]):
    """Items that are read from the first one on, anew for each iteration; one by its position costs those before it."""

    def __init__(self, count: int, read: Callable[[], Iterator[_Item]]) -> None:
        """Take the number of items, and what begins to read them."""
        self._count, self._read = count, read

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> _Item: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[_Item]: ...

    def __getitem__(self, at: int | slice) -> "_Item | Sequence[_Item]":
        if isinstance(at, slice):
            return Selected(self, np.arange(len(self))[at])
        for item in islice(self, range(len(self))[at], None):
            return item
        raise IndexError(f"there are fewer than {len(self)} items")

    def __iter__(self) -> Iterator[_Item]:
        return self._read()
