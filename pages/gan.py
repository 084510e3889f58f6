"""Generative adversarial networks in the plane, watched while they fight."""

import streamlit as st

from core.data import csv, uploads
from core.figures.gan import ask, figures
from core.i18n import N_, _
from core.settings import settings
from core.specs.examples import Preset, Trial
from core.specs.gan import COLLAPSE, GANLAB, GOOD, OSCILLATES, RESCUES, STRONG, GanSpec, GanView
from core.ui import controls, files, foot, guess, lab, live, terms
from core.ui.language import fragment
from core.ui.state import State

PAGE = {"title": N_("Generative adversarial networks"), "section": "architectures", "icon": ":material/swords:", "order": 32}

PRESETS = [
    Preset(N_("GAN Lab’s networks"), GANLAB),
    Preset(N_("A ring"), {}),
    Preset(N_("All eight modes"), GOOD),
    Preset(N_("Mode collapse"), COLLAPSE),
    Preset(N_("… and its rescue"), {**COLLAPSE, **RESCUES["collapse"]}),
    Preset(N_("A discriminator too strong"), STRONG),
    Preset(N_("Round and round"), OSCILLATES),
]
TRIALS = [
    Trial(N_("Give a beaten generator a slope"),
          N_("For about twelve epochs the discriminator is just as sure as in “A discriminator too strong”. But the generator now plays "
             "for the non-saturating loss: compare its gradient, and the arrows. Once its fakes arrive, D is no longer sure of them."),
          {**STRONG, **RESCUES["strong"]}),
    Trial(N_("Calm the runaway"),
          N_("“Round and round” with a tenth of the learning rate: the fakes no longer overshoot what they are after."),
          {**OSCILLATES, **RESCUES["oscillates"]}),
    Trial(N_("One number of noise"),
          N_("The generator now bends a line instead of a sheet. For a while it runs after the data; once it lies around the ring, look "
             "for the place where its two ends meet: a line has no other way to be a ring."), {"noise_size": 1, "learning_rate": 0.003}),
    Trial(N_("A discriminator that can only cut"),
          N_("Without a hidden layer it divides the plane along a line. D(real) and D(fake) settle at ½, and yet the fakes are no ring: "
             "all it can see is on which side the middle of the fakes lies."), {"d_layers": 0}),
    Trial(N_("Have it learn a drawing"),
          N_("The real points lie where you paint: draw over the picture. “Wipe” beside it takes the first drawing "
             "away."), {"dataset": "drawn"}),
]


def idea() -> None:
    terms.markdown(_("A [[generator]] G makes fakes out of noise z; a [[discriminator]] D says how likely a point is to be real. They "
                     "learn in turns, each against the other as it is now:"))
    st.latex(r"\min_G \max_D \; \mathbb{E}_x \log D(x) + \mathbb{E}_z \log\bigl(1 - D(G(z))\bigr)")
    terms.markdown(_("The generator never sees a real point. All it gets is a [[gradient]]: the arrows at the fakes show where D would "
                     "believe more. If it were perfect, D could only guess: ½ everywhere."))
    terms.markdown(_("These losses do not tell how good the fakes are, so their **distance** to the data is measured. Not by [[KL "
                     "divergence]]: where there are data and no fake it divides by zero, and is infinite however near they are."))


def all_controls(state: State[GanSpec, GanView]) -> None:
    idle = set(state.spec.idle)

    def draw(*names: str) -> None:
        controls.draw(state, *(name for name in names if name not in idle))

    draw("dataset")
    if state.wants_upload or state.spec.dataset == "upload":
        files.own(state, "upload", lambda data: csv.read_points(data, settings.upload_mb, labelled=False), kind="CSV",
                  limit_mb=settings.upload_mb, dataset="upload")
    draw("loss", "d_steps", "learning_rate", "epochs")
    lab.history(state)
    guess.toggle(state)
    lab.announce(state.spec)
    with lab.more(_("More: generator"), "gan:generator") as opened:
        if opened:
            draw("noise_size", "noise", "g_layers", "g_units", "g_activation", "g_optimizer", "g_steps")
    with lab.more(_("More: discriminator"), "gan:discriminator") as opened:
        if opened:
            draw("d_layers", "d_units", "d_activation", "d_optimizer", "d_rate", "instance_noise", "penalty")
    with lab.more(_("More: training"), "gan:training") as opened:
        if opened:
            draw("points", "batch_size", "beta1", "schedule", "seed")
    with lab.more(_("More: display"), "gan:display") as opened:
        if opened:
            draw("shown", "log_scale")


def below() -> None:
    with lab.more(_("How far apart? And why not KL?"), "gan:distance") as opened:
        if not opened:
            return
        terms.markdown(_("**Wasserstein** (sliced): how far points have to be moved, on average, to turn one cloud into the other, seen "
                         "from 32 directions. In the unit of the picture; it falls steadily as clouds come nearer. The pale dotted line is "
                         "how far as many new real points are: about what to hope for. Fakes that keep close to the very points that were "
                         "learned from can come below it."))
        terms.markdown(_("**MMD**: how different the two clouds look through blurred glasses of three strengths. Near 0: alike. From a "
                         "certain distance on it hardly changes."))
        terms.markdown(_("**JS** (Jensen–Shannon), on a grid of 24 × 24 cells: from 0 bits, alike, to 1 bit, no cell with both real "
                         "points and fakes."))
        terms.markdown(_("**KL** would add up p · log(p ÷ q) over all cells. Put all data in the left of two cells and all fakes in the "
                         "right one: the sum is 1 · log(1 ÷ 0), infinite, whether the cells are neighbours or far apart. JS compares both "
                         "with their mean, 1 · log₂(1 ÷ ½) = 1 bit, and stays finite; but it, too, cannot say how far. Wasserstein can."))


@fragment
def page() -> None:
    state = State("gan", GanSpec, GanView)
    digest = state.spec.upload
    if digest and (problem := files.missing(digest, state.spec.control("upload").label)):
        state.drop("dataset", problem)
    spec = guess.on_screen(state)
    found = uploads.find(spec.upload) if spec.upload else None
    if found:
        files.hold(spec.upload)
    run = lab.open_run(state, {spec.upload: found.arrays} if found else {})
    live.draw(state, run, figures(spec, state.view), title=_("Generative adversarial networks"), ask=ask(), presets=PRESETS,
              controls=lambda: all_controls(state), below=below)


lab.heading(_("Generative adversarial networks"), _("Two networks learn by fighting: how can fakes become real without ever seeing "
                                                    "anything real?"), idea)
page()
foot.draw(State("gan", GanSpec, GanView), TRIALS, [
    ("https://arxiv.org/abs/1406.2661", N_("Goodfellow and others, Generative adversarial networks")),
    ("https://poloclub.github.io/ganlab/", N_("Kahng and others, GAN Lab, where this page’s idea comes from")),
    ("https://arxiv.org/abs/1701.00160", N_("Goodfellow, NIPS 2016 tutorial: generative adversarial networks")),
    ("https://arxiv.org/abs/1704.00028", N_("Gulrajani and others, Improved training of Wasserstein GANs")),
], needs=("backpropagation", "optimizers", "feedforward"), leads=("gan_images",))
