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


_CLASSIC = N_("Yann LeCun, Corinna Cortes and Christopher Burges, from forms collected by NIST; the files are those that Keras fetches.")
IMAGES = {
    "digits": About(N_("1,797 scanned handwritten digits of 13 people, 8 × 8 pixels of 17 levels of grey."),
                    N_("E. Alpaydin and C. Kaynak, 1998 (UCI Machine Learning Repository); comes with scikit-learn."), N_("CC BY 4.0.")),
    "shapes": About(N_("Ten shapes drawn in colour, 32 × 32 pixels, at random places, sizes, angles and colours, with noise."),
                    N_("Made by this program from the seed; no data from anywhere."),
                    N_("Free of rights: use it as you like (the program itself is under the MIT licence).")),
    "mnist": About(N_("MNIST: 70,000 handwritten digits, 28 × 28 pixels, 10,000 of them the official test set."), _CLASSIC,
                   N_("CC BY-SA 3.0.")),
    "fashion": About(N_("Fashion-MNIST: 70,000 pictures of clothes and shoes, 28 × 28 pixels, 10,000 of them the official test set."),
                     N_("H. Xiao, K. Rasul and R. Vollgraf (Zalando Research), 2017."), N_("The MIT licence.")),
    "cifar10": About(N_("CIFAR-10: 60,000 small photographs of animals and vehicles, 32 × 32 pixels, 10,000 of them the official test "
                        "set. A data folder may hold fewer."),
                     N_("A. Krizhevsky, “Learning multiple layers of features from tiny images”, 2009."),
                     N_("No licence is stated; its author asks to be cited.")),
    "upload": About(N_("Your own pictures, each cut to its middle square and made small."), N_("Your own files."),
                    N_("Yours. It is kept in this server’s memory for your session only, unless you say otherwise.")),
}


def about_images(name: str) -> About:
    """An image dataset (`core.data.images`) by its name. KeyError if there is none."""
    return IMAGES[name]


TEXTS = {
    "imdb": About(
        N_("50,000 film reviews from the Internet Movie Database, half of them for training, half as the test: clearly positive or clearly "
           "negative ones, as many of each. They come as numbers of words; punctuation and capitals are gone."),
        N_("Andrew Maas and others, Learning word vectors for sentiment analysis, 2011; as Keras hands them out."),
        N_("For research. The reviews are their writers’ own.")),
    "reviews": About(
        N_("Reviews written by a small grammar. What a judging word means, what denies it and which clause outweighs which follows from "
           "rules, so there is a right answer for each, and for what you write with its words."),
        N_("Generated here, from the seed."), N_("Free for every use.")),
}
