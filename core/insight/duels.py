"""Illnesses of two networks that learn against each other. Each function gives its one diagnosis, or none.

What counts are the rows' d_real and d_fake, which other runs do not have. Thresholds were set on the runs of `tests/test_gan_doctor.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.frame import Message
from core.i18n import N_
from core.insight import breakdowns
from core.insight.patient import Diagnosis, Patient
from core.insight.signs import ROWS, mean, since

LOST = 0.75  # of all modes. Runs that cover more than that miss one by chance
SURE = 0.95  # what a discriminator gives real points, and fakes 1 less that, that has won
FAR = 0.5  # of the first distance: a run that is farther at its end has not got near the data
FLAT = 0.05  # of its own largest length: a generator's gradient that has vanished
NEAR = 0.2  # of the first distance: swings around so little are no harm
TWICE = (0.499, 0.732)  # σ(0) and σ(1), and rounding: what a sigmoid can make of a sigmoid's output
NEARER = 0.05  # of the distance: a run that comes nearer by so much in its last quarter has not arrived
MANY, WIDE = 8, 64  # modes that small networks can learn with Wasserstein's loss; neurons a layer that tell more of them apart
SWINGS, AT_LEAST = 0.6, 6  # how far the distance swings, of its mean; how often at least


def against(p: Patient) -> bool:
    """Whether it is a run of two networks."""
    return np.isfinite(p.signs.column("d_real")).any() and np.isfinite(p.signs.column("d_fake")).any()


def examine(p: Patient) -> list[Diagnosis]:
    """What ails it, a cause before what follows from it."""
    if gone := breakdowns.no_number(p):
        return gone
    if p.signs.n < ROWS or not p.late or rests(p):
        return []
    if found := squashed_twice(p) or out_of_reach(p):  # which explain the lost classes, too
        return found
    won = vanished(p) or too_strong(p)
    if won:
        return won + collapsed(p)
    return (swinging(p) if p.cures.rushed else []) or collapsed(p) or swinging(p)  # steps too large explain the lost modes, too


def rests(p: Patient) -> bool:
    """One of the two never learns, as it was told: whatever comes of that is no illness of a game that is not played."""
    return 0 in (p.cures.number("d_steps"), p.cures.number("g_steps"))


def images(p: Patient) -> bool:
    """Whether it makes images, of classes, rather than points, of modes."""
    return "classes" in p.signs.names


def critic(p: Patient) -> bool:
    """Its verdicts are scores without bounds, of which none is sure."""
    return getattr(p.spec, "loss", "") in ("wgan_gp", "lsgan")


def _poor(p: Patient) -> bool:
    """It has not got near the data, as far as anything tells."""
    apart = p.signs.column("distance")
    there = apart[np.isfinite(apart)]
    return not len(there) or p.signs.last(apart) > FAR * there[0]


def _won(p: Patient) -> bool:
    s = p.signs
    return not critic(p) and s.last(s.column("d_real")) >= SURE and s.last(s.column("d_fake")) <= 1 - SURE


def _evidence(p: Patient) -> Message:
    s = p.signs
    sure = since((s.column("d_real") >= SURE) & (s.column("d_fake") <= 1 - SURE))
    text = N_("The discriminator gives real images {real:.2f} and fakes {fake:.2g} on average: since epoch {epoch} hardly any fake "
              "passes.") if images(p) else (
           N_("The discriminator gives real points {real:.2f} and fakes {fake:.2g} on average: since epoch {epoch} hardly any fake "
              "passes."))
    return Message(text, {"real": s.last(s.column("d_real")), "fake": s.last(s.column("d_fake")),
                          "epoch": int(s.epochs[-s.window if sure is None else sure])})


def out_of_reach(p: Patient) -> list[Diagnosis]:
    """Real images have pixels that no fake can have: the discriminator need not look at what is drawn."""
    if getattr(p.spec, "scale", "") != "raw" or not _won(p):
        return []
    s = p.signs
    return [Diagnosis("discriminator_too_strong", Message(
        N_("Real images have pixels from 0 to 255, fakes from −1 to 1. The discriminator gives real images {real:.2f} and fakes {fake:.2g} "
           "on average."), {"real": s.last(s.column("d_real")), "fake": s.last(s.column("d_fake"))}), Message(
        N_("The [[generator]] ends in a tanh, which cannot reach 255. So the [[discriminator]] tells real images at a glance, by how "
           "bright they are. Whatever the generator draws, it is found out: a better drawing gains it nothing.")),
        p.cures.fits({"scale": "tanh"}))]


def squashed_twice(p: Patient) -> list[Diagnosis]:
    """The discriminator's answers have been through two sigmoids: none is below σ(0), none above σ(1)."""
    s = p.signs
    said = np.concatenate([s.column("d_real"), s.column("d_fake")])
    said = said[np.isfinite(said)]
    if getattr(p.spec, "answer", "") != "sigmoid" or said.min() < TWICE[0] or said.max() > TWICE[1]:
        return []
    return [Diagnosis("squashed_twice", Message(
        N_("In no epoch were the discriminator’s answers below {low:.2f} or above {high:.2f} on average; at the end it gives real images "
           "{real:.2f} and fakes {fake:.2f}, and the generator’s gradient is {length:.1g} long."),
        {"low": float(said.min()), "high": float(said.max()), "real": s.last(s.column("d_real")), "fake": s.last(s.column("d_fake")),
         "length": s.last(s.column("grad_g"))}), Message(
        N_("The [[discriminator]] has put its answer through a [[sigmoid]], and the [[loss]], which takes it for a [[logit]], does so once "
           "more. So even where it is sure of a fake it says ½. That looks like a draw, but there the inner sigmoid is flat: neither "
           "network gets a [[gradient]].")),
        p.cures.fits({"answer": "logit"}))]


def vanished(p: Patient) -> list[Diagnosis]:
    s = p.signs
    lengths = s.column("grad_g")
    most = float(np.nanmax(lengths)) if np.isfinite(lengths).any() else np.nan
    if getattr(p.spec, "loss", "") != "minimax" or not _won(p) or not s.last(lengths) < FLAT * most:
        return []
    return [Diagnosis("vanishing_generator", Message(
        N_("The generator’s gradient was up to {most:.2g} long; at the end it is {last:.2g}, while D(fake) is {fake:.2g}."),
        {"most": most, "last": s.last(lengths), "fake": s.last(s.column("d_fake"))}), Message(
        N_("Where the [[discriminator]] is sure of a fake, the [[minimax loss]] is flat: there log(1 − D) hardly changes with what D says, "
           "and the [[generator]] gets no [[gradient]] just where it would need one most.")),
        p.cures.fits({"loss": "nonsaturating"}))]


def too_strong(p: Patient) -> list[Diagnosis]:
    if not _won(p) or not _poor(p):
        return []
    steps = p.cures.number("d_steps") or 1
    return [Diagnosis("discriminator_too_strong", _evidence(p), Message(
        N_("A [[discriminator]] that is always right is the same everywhere around the fakes: it does not say in which direction they "
           "would be better. It has learned faster than the [[generator]] can follow.")),
        p.cures.fits({"d_steps": 1} if steps > 1 else None,
                     {"beta": 0.5} if (p.cures.number("beta") or 0) > 0.5 else None, p.cures.calmer()))]


def collapsed(p: Patient) -> list[Diagnosis]:
    s = p.signs
    name, total = ("modes", int(getattr(p.spec, "modes", 0))) if "modes" in s.names else ("classes", 10 if "classes" in s.names else 0)
    covered = s.column(name)
    if not total or not np.isfinite(covered).any() or not np.nanmax(covered) or not s.last(covered) <= LOST * total:
        return []  # who has never been at one has not lost any
    most, now = int(np.nanmax(covered)), int(covered[np.isfinite(covered)][-1])
    if found := unfinished(p, now, most, total):
        return found
    values = {"covered": now, "total": total, "most": most, "epoch": int(s.epochs[int(np.nanargmax(covered))])}
    fell, never, why = (
        N_("Of {total} classes its clear fakes cover {covered} at the end; at epoch {epoch} it was {most}."),
        N_("Of {total} classes its clear fakes cover {covered} at the end, and never more than {most}."),
        N_("A few kinds of images that fool the [[discriminator]] for the moment are enough for the [[generator]]: nothing in its [[loss]] "
           "asks for all classes. When they are found out, the fakes move on to others.")) if name == "classes" else (
        N_("Of {total} modes it covers {covered} at the end; at epoch {epoch} it was {most}."),
        N_("Of {total} modes it covers {covered} at the end, and never more than {most}."),
        N_("A few modes that fool the [[discriminator]] for the moment are enough for the [[generator]]: nothing in its [[loss]] asks for "
           "all of them. When they are found out, all fakes move on together."))
    return [Diagnosis("mode_collapse", Message(fell if most > now + 1 else never, values), Message(why),
                      p.cures.fits(*rescues(p, total)))]


def unfinished(p: Patient, now: int, most: int, total: int) -> list[Diagnosis]:
    """It has lost no mode and comes nearer to the data to its last epoch: it was stopped too early."""
    apart, quarter = p.signs.column("distance"), max(p.signs.n // 4, 1)
    before, last = mean(apart[-quarter - p.signs.window:-quarter]), p.signs.last(apart)
    if now < most or not last <= (1 - NEARER) * before or last > (1 + NEARER) * float(np.nanmin(apart)):
        return []
    return [Diagnosis("unfinished", Message(
        N_("Of {total} modes it covers {covered}, as many as ever, and the distance still falls: from {before:.2g} to {last:.2g} in the "
           "last quarter of the epochs."), {"total": total, "covered": now, "before": before, "last": last}), Message(
        N_("Nothing has collapsed yet: modes that were found were not lost again, and the fakes are still on their way to the others.")),
        p.cures.fits(p.cures.longer()))]


def rescues(p: Patient, total: int) -> tuple[dict[str, Any] | None, ...]:
    """What brings modes back, the first that fits of what did on most seeds (`tests/test_gan_doctor.py` has the counts); of what is not
    listed, more of the discriminator's updates, instance noise and more epochs did not, or made it worse."""
    remembers, hurries = (p.cures.number("beta") or 0) > 0.5, (p.cures.number("g_steps") or 1) > 1
    wider = {name: WIDE for name in ("g_units", "d_units") if (p.cures.number(name) or WIDE) < WIDE}
    usual = getattr(p.spec, "loss", "") == "nonsaturating"
    return ({"beta": 0.5} if remembers else None, {"g_steps": 1} if hurries else None, p.cures.calmer(),
            (wider if total > MANY else {"loss": "wgan_gp"}) if usual else None)


def swinging(p: Patient) -> list[Diagnosis]:
    """The distance does not settle: it swings between near and far. Of steps that are far too large a longer part counts."""
    s = p.signs
    start, apart = s.n // (4 if p.cures.rushed else 2), s.column("distance")
    there = apart[np.isfinite(apart)]
    late = apart[start:][np.isfinite(apart[start:])]
    if len(late) < 2 * AT_LEAST:
        return []
    middle, low, high = mean(late), float(np.quantile(late, 0.1)), float(np.quantile(late, 0.9))
    over = late > middle
    turns = int((over[1:] != over[:-1]).sum())
    if high - low < SWINGS * middle or turns < AT_LEAST or min(middle, s.last(apart)) < NEAR * there[0]:
        return []
    return [Diagnosis("oscillating", Message(
        N_("Since epoch {epoch} the distance has mostly swung between {low:.2g} and {high:.2g}, {turns} times across its mean."),
        {"epoch": int(s.epochs[start]), "low": low, "high": high, "turns": turns}), Message(
        N_("Each network answers what the other was a moment ago: the [[generator]] runs to where the [[discriminator]] believes most, "
           "which then stops believing. With steps as large as these neither ever arrives.")),
        p.cures.fits(p.cures.calmer(), {"beta1": 0.5} if (p.cures.number("beta1") or 0) > 0.5 else None, p.cures.slower(3)))]
