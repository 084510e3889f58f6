"""What a dataset is, where it comes from, and what one may do with it."""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import N_

WHAT = {
    "circles": N_("A disc of radius 2.5 within a ring of radii 3.5 to 5."),
    "xor": N_("Four quadrants; opposite ones share a class."),
    "gaussians": N_("Two normal clouds, around (-2, -2) and (2, 2)."),
    "spiral": N_("Two interleaved arms of 1¾ turns."),
    "moons": N_("Two interleaved half circles."),
    "blobs3": N_("Three normal clouds on a circle of radius 3.5."),
    "blobs4": N_("Four normal clouds on a circle of radius 3.5."),
    "plane": N_("Places all over the picture, and a value that rises along the diagonal."),
    "hills": N_("Places all over the picture, and the height of a landscape: two hills, two hollows."),
    "features100": N_("Ten normal clouds around corners of a cube in 10 dimensions, turned at random into 100."),
}


@dataclass(frozen=True)
class About:
    """Marked texts: what it is, its source, its licence."""

    what: str
    source: str
    licence: str


OWN = About(N_("The points of a CSV file: two numbers and a label in each row, standardized to fit the picture."), N_("Your own file."),
            N_("Yours. It is kept in this server’s memory for your session only, unless you say otherwise."))


def about(name: str) -> About:
    """A dataset of the feedforward lab by its name. KeyError if there is none."""
    if name == "upload":
        return OWN
    return About(WHAT[name], N_("Made by this program from the seed; no data from anywhere."),
                 N_("Free of rights: use it as you like (the program itself is under the MIT licence)."))
