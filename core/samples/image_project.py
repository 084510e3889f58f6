"""The samples of the image project: how many batches an epoch has, and who sees the progress."""

from core.i18n import N_
from core.samples.base import Sample, program

SAMPLES = (
    Sample(
        "prints_never", "image_project", N_("A progress report that never comes"),
        program("""
samples, batch_size = 50_000, 64
#1
batches = -(-samples // batch_size)
for epoch in range(2):
    for batch in range(batches):
        #2
        if batch % 2000 == 1999:
            print(f"epoch {epoch}: batch {batch + 1}")
""", N_("rounded up: 782"), N_("every 2,000 batches")),
        program("""
samples, batch_size = 50_000, 64
batches = -(-samples // batch_size)
for epoch in range(2):
    for batch in range(batches):
        if (batch + 1) % 300 == 0 or batch + 1 == batches:
            print(f"epoch {epoch}: batch {batch + 1} of {batches}")
"""),
        N_("The first program works and says nothing. How often does it reach its print?"),
        N_("An epoch has ⌈N / B⌉ batches: 50,000 images in batches of 64 are 782, so number 2,000 is never reached. Numbers that were "
           "made for batches of 4 must be changed together with the batch size."),
        "numpy"),
)
