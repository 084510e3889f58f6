"""Who wants what: slots, the specs asked for, and the uploads they need. Bounded; the caller holds the lock."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.specs.base import Spec

ASKED = 4000  # run keys and slots remembered; a player that asks for an older one is told so
PINS = "pins:"  # what the role of a slot with pinned runs begins with
PINNED_S = 600.0  # a pinned run goes on for so long when nobody watches: the person looks at another page
UPLOADS = 64 << 20  # bytes of uploaded arrays held for runs that may be started again

Slot = tuple[str, str, str]  # session, lab, role
Uploads = dict[str, dict[str, np.ndarray]]  # by content hash, then by name


@dataclass(frozen=True)
class Wish:
    """A run that somebody asked for: enough to start it, or to start it again."""

    spec: Spec
    uploads: tuple[str, ...]
    keep: bool


class Wishes:
    """The slots of all sessions and what is in them: one run, or a group of runs."""

    def __init__(self) -> None:
        self._slots: OrderedDict[Slot, tuple[str, ...]] = OrderedDict()
        self._holders: defaultdict[str, set[Slot]] = defaultdict(set)
        self._groups: set[Slot] = set()  # slots whose runs train in the background
        self._asked: OrderedDict[str, Wish] = OrderedDict()
        self._uploads: OrderedDict[str, dict[str, np.ndarray]] = OrderedDict()

    def put(self, slot: Slot, wishes: Mapping[str, Wish], uploads: Uploads, *, group: bool = False) -> list[str]:
        """Put runs, by key, into a slot. Returns the keys that no slot holds any more, the slot's own old ones first.
        group: they train in the background, unless another slot wants them for themselves."""
        (self._groups.add if group else self._groups.discard)(slot)
        self._uploads.update(uploads)
        for name in uploads:
            self._uploads.move_to_end(name)
        total = sum(array.nbytes for arrays in self._uploads.values() for array in arrays.values())
        while total > UPLOADS and len(self._uploads) > 1:
            _, arrays = self._uploads.popitem(last=False)
            total -= sum(array.nbytes for array in arrays.values())
        for key, wish in wishes.items():
            self._asked[key] = wish
            self._asked.move_to_end(key)
        while len(self._asked) > ASKED:
            self._asked.popitem(last=False)
        old = self._slots.pop(slot, ())
        self._slots[slot] = tuple(wishes)
        for key in wishes:
            self._holders[key].add(slot)
        freed = self._drop(slot, [key for key in old if key not in wishes])
        while len(self._slots) > ASKED:
            freed += self._drop(*self._slots.popitem(last=False))
        return freed

    def get(self, slot: Slot) -> tuple[str, ...]:
        return self._slots.get(slot, ())

    def take(self, session: str, lab: str | None, role: str | None) -> list[str]:
        """Empty a session's slots, or those of one lab or role. Returns the keys that no slot holds any more."""
        slots = [s for s in self._slots if s[0] == session and lab in (None, s[1]) and role in (None, s[2])]
        return [key for slot in slots for key in self._drop(slot, self._slots.pop(slot))]

    def background(self, key: str) -> bool:
        """True if only groups hold the run: it waits behind runs that are wanted for themselves."""
        holders = self._holders.get(key, ())
        return bool(holders) and all(slot in self._groups for slot in holders)

    def _drop(self, slot: Slot, keys: Iterable[str]) -> list[str]:
        if slot not in self._slots:
            self._groups.discard(slot)
        freed = []
        for key in keys:
            self._holders[key].discard(slot)
            if not self._holders[key]:
                del self._holders[key]
                freed.append(key)
        return freed

    def forget(self, upload: str, *, runs: bool) -> list[str]:
        """Drop an upload's arrays and, if asked, that anybody asked for runs which learn from it. Returns the keys of those."""
        self._uploads.pop(upload, None)
        keys = [key for key, wish in self._asked.items() if runs and getattr(wish.spec, "upload", "") == upload]
        for key in keys:
            del self._asked[key]
        return keys

    def asked(self, key: str) -> Wish | None:
        return self._asked.get(key)

    def held(self, key: str) -> bool:
        """True if a slot holds the run."""
        return key in self._holders

    def alone(self, key: str) -> bool:
        """True if not more than one slot holds the run."""
        return len(self._holders.get(key, ())) < 2

    def patience(self, key: str, usual: float) -> float:
        """How many seconds a run goes on when nobody watches it: `usual`, but longer while somebody has it pinned."""
        return max(usual, PINNED_S) if any(role.startswith(PINS) for _s, _l, role in self._holders.get(key, ())) else usual

    def sessions(self, key: str) -> set[str]:
        return {slot[0] for slot in self._holders.get(key, ())}

    def uploads(self, names: tuple[str, ...]) -> Uploads:
        """Those of the uploads that are still here."""
        return {name: self._uploads[name] for name in names if name in self._uploads}
