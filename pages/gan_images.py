"""GANs on images: fakes of digits and clothes as they improve, and a judge that says what has become of them."""

import streamlit as st

from core.data.image_sets import entry
from core.figures.gan_images import ASK, figures
from core.i18n import N_, _
from core.specs.examples import Preset, Trial
from core.specs.gan_images import ARTICLE, ASKED, COLLAPSE, DCGAN, MNIST, RAW, SQUASHED, ImageGanSpec, ImageGanView
from core.ui import controls, download, foot, guess, lab, live, making, terms
from core.ui.language import fragment
from core.ui.state import State

PAGE = {"title": N_("GANs on images"), "section": "architectures", "icon": ":material/imagesmode:", "order": 34}

PRESETS = [
    Preset(N_("Digits, dense"), {}),
    Preset(N_("Digits, convolutions"), DCGAN),
    Preset(N_("Choose the digit"), ASKED),
    Preset(N_("The article’s, on MNIST"), ARTICLE),
    Preset(N_("DCGAN on MNIST"), MNIST),
    Preset(N_("DCGAN on Fashion-MNIST"), {**MNIST, "source": "fashion"}),
    Preset(N_("Mode collapse"), COLLAPSE),
]
TRIALS = [
    Trial(N_("Leave the pixels at 0 to 255"),
          N_("A tanh gives −1 to 1. Real images to 255 are told apart at a glance: D(real) goes to 1, D(fake) to 0, and the generator has "
             "nothing to learn from."), RAW),
    Trial(N_("Squash the answer twice"),
          N_("A discriminator that ends in a sigmoid, and a loss that expects a logit: both answers go to ½. Is that a draw? Look at the "
             "gradients, and at the classes."), SQUASHED),
    Trial(N_("Take larger steps, with a longer memory"),
          N_("β 0.9 and six times the rate: both networks rush on in directions in which the other no longer stands. Count the "
             "classes."),
          COLLAPSE),
    Trial(N_("Now say which digit"),
          N_("Each column is one digit, each row one noise. Look along a row: what is the same in all ten? The noise has become the "
             "handwriting."), ASKED),
    Trial(N_("Two numbers of noise"),
          N_("With so little noise all digits lie in a plane. Press two fakes and see what is crossed on the way from one to the other."),
          {"noise_size": 2}),
    Trial(N_("Hardly any real images"),
          N_("Two hundred digits only. Press a fake: is the nearest real image as far away as new ones are, or is it the same one?"),
          {"points": 200, "epochs": 300}),
]


def idea() -> None:
    terms.markdown(_("A [[generator]] makes images out of noise, a [[discriminator]] tells them from real ones, and each learns from the "
                     "other: a [[GAN]]. The generator never sees a real image, only how each pixel would have to change for the "
                     "discriminator to believe it."))
    st.latex(r"\min_G\max_D\; \mathbb{E}\,\log D(x) + \mathbb{E}\,\log\big(1 - D(G(z))\big)")
    terms.markdown(_("Neither loss says how good the images are, for the opponent changes as well. So a third network judges, a classifier "
                     "of the real images. Of how many fakes is it sure, and do they cover all classes, or only a few "
                     "([[mode collapse]])?"))
    terms.markdown(_("The noise lies in the [[latent space]]: press two fakes and walk from one to the other. Press one to see the real "
                     "images nearest to it: was one learned by heart?"))


def all_controls(state: State[ImageGanSpec, ImageGanView]) -> None:
    idle = set(state.spec.idle)

    def draw(*names: str) -> None:
        controls.draw(state, *(name for name in names if name not in idle))

    draw("source")
    lab.about(entry(state.spec.source).about)
    download.offer(state.spec.source, retry=lambda: lab.retry(state))
    draw("model", "conditional", "learning_rate", "epochs")
    lab.history(state)
    guess.toggle(state)
    lab.announce(state.spec)
    with lab.more(_("More: data"), "gan_images:data") as opened:
        if opened:
            draw("scale", "points", "seed")
    with lab.more(_("More: network"), "gan_images:network") as opened:
        if opened:
            draw("noise_size", "units", "filters", "leak", "dropout")
    with lab.more(_("More: training"), "gan_images:training") as opened:
        if opened:
            draw("optimizer", "beta", "schedule", "answer", "smoothing", "batch_size")
    with lab.more(_("More: display"), "gan_images:display") as opened:
        if opened:
            draw("log_scale")


@fragment
def page() -> None:
    state = State("gan_images", ImageGanSpec, ImageGanView)
    spec = guess.on_screen(state)
    run = lab.open_run(state)
    live.draw(state, run, figures(spec, state.view), title=_("GANs on images"), ask=ASK, presets=PRESETS,
              controls=lambda: all_controls(state), below=lambda: making.draw(state, run), without=("sealed",))


lab.heading(_("GANs on images"), _("How do images come out of noise, and how do you tell whether they are any good?"), idea)
page()
foot.draw(State("gan_images", ImageGanSpec, ImageGanView), TRIALS, [
    ("https://arxiv.org/abs/1406.2661", N_("Goodfellow and others, Generative adversarial networks")),
    ("https://arxiv.org/abs/1511.06434", N_("Radford, Metz and Chintala, Unsupervised representation learning with DCGANs")),
    ("https://arxiv.org/abs/1411.1784", N_("Mirza and Osindero, Conditional generative adversarial nets")),
    ("https://arxiv.org/abs/1609.04468", N_("White, Sampling generative networks: walking on the sphere")),
], needs=("gan", "cnn"), leads=("image_project",))
