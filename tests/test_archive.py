"""A person's own pictures: whole, odd, broken and hostile ones."""

import io
import stat
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image, ImageFile

from core.data import archive, unzip
from core.data.archive import ENOUGH, LEAST, label_of, read_images
from core.data.csv import CLASSES, UploadError
from core.data.images import split
from core.data.unzip import PicturesError
from core.i18n import say
from core.settings import settings

KINDS = {"PNG": "png", "JPEG": "jpg", "BMP": "bmp", "WEBP": "webp", "GIF": "gif"}
RED, GREEN, BLUE = (250, 10, 20), (10, 250, 20), (10, 20, 250)


def file_of(image, kind="PNG", **more):
    out = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(np.asarray(image, np.uint8))).save(out, kind, **more)
    return out.getvalue()


def plain(colour, size=(20, 20), mode="RGB", kind="PNG", **more):
    return file_of(Image.new(mode, size, colour), kind, **more)


def noise(seed, size=(24, 24), kind="PNG"):
    return file_of(np.random.default_rng(seed).integers(0, 256, (*size, 3)), kind)


def zipped(entries, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, data in entries:
            packed.writestr(name, data)
    return out.getvalue()


def two_classes(n=5):
    return [(f"{label}/{i}.png", noise(10 * k + i)) for k, label in enumerate(("cat", "dog")) for i in range(n)]


def read(entries, limit=5, **more):
    return read_images([("all.zip", zipped(entries))], limit, **more)


def reasons(refused):
    return [say(message) for message in refused]


def one(data, name="odd.png", **more):
    """What becomes of one picture among others: its array, or the reason against it."""
    _, arrays, classes, refused = read([(f"odd/{name}", data), *((f"odd/{i}.png", noise(i)) for i in range(4)), *two_classes()], **more)
    if refused:
        assert len(refused) == 1 and len(arrays["x"]) == 14
        return say(refused[0])
    assert len(arrays["x"]) == 15
    return arrays["x"][np.flatnonzero(arrays["y"] == classes.index("odd"))[-1]]  # sorted by name


# ---- whole ones

def test_a_zip_with_a_folder_for_each_class():
    digest, arrays, classes, refused = read(two_classes())
    assert classes == ["cat", "dog"] and refused == [] and len(digest) == 32
    assert arrays["x"].shape == (10, 32, 32, 3) and arrays["x"].dtype == np.uint8 and arrays["y"].dtype == np.int32
    assert arrays["y"].tolist() == [0] * 5 + [1] * 5
    assert read(two_classes()[::-1])[0] == digest  # the order of the files does not matter
    assert read([(name.replace("dog", "cow"), data) for name, data in two_classes()])[0] != digest
    assert read(two_classes(6))[0] != digest


def test_files_of_the_wanted_size_come_back_as_they_are():
    x = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), dtype=np.uint8)
    files = [(f"{'ab'[i % 2]}_{i}.{KINDS[kind]}", file_of(x[i], kind)) for i, kind in enumerate(["PNG", "BMP"] * 4)]
    _, arrays, classes, _ = read_images(files, 2)
    assert classes == ["a", "b"]
    np.testing.assert_array_equal(arrays["x"], x[[0, 2, 4, 6, 1, 3, 5, 7]])
    grey = read_images(files, 2, channels=1)[1]["x"]
    want = x[[0, 2, 4, 6, 1, 3, 5, 7]] @ [0.299, 0.587, 0.114]
    assert grey.shape == (8, 32, 32, 1) and np.abs(grey[..., 0] - want).max() <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_picture_is_read(kind):
    found = one(plain(RED, (40, 40), kind=kind), f"z.{KINDS[kind]}")
    assert np.abs(found.astype(int) - RED).max() < 12
    assert np.abs(one(plain(RED, (40, 40), kind=kind), "z").astype(int) - RED).max() < 12  # a name without an ending lies about nothing


def test_it_is_the_middle_square():
    wide = np.zeros((30, 90, 3), np.uint8)
    wide[:, :30], wide[:, 30:60], wide[:, 60:] = RED, GREEN, BLUE
    for picture in (wide, wide.transpose(1, 0, 2)):
        assert np.abs(one(file_of(picture), "z.png", side=10).astype(int) - GREEN).max() < 30


def test_it_is_made_small_by_lanczos():
    x = np.random.default_rng(3).integers(0, 256, (50, 50, 3), dtype=np.uint8)
    want = np.asarray(Image.fromarray(x).resize((32, 32), Image.Resampling.LANCZOS))
    np.testing.assert_array_equal(one(file_of(x), "z.png"), want)


ODD = {
    "cmyk": (plain((0, 255, 255, 0), mode="CMYK", kind="JPEG"), "z.jpg", (255, 0, 0)),
    "palette": (file_of(Image.new("RGB", (20, 20), RED).convert("P", palette=Image.Palette.ADAPTIVE)), "z.png", RED),
    "transparent": (plain((9, 9, 9, 0), mode="RGBA"), "z.png", (255, 255, 255)),
    "half transparent": (plain((255, 0, 0, 128), mode="RGBA"), "z.png", (255, 127, 127)),
    "transparent grey": (plain((0, 0), mode="LA"), "z.png", (255, 255, 255)),
    "transparent palette": (file_of(Image.new("P", (20, 20), 0), "PNG", transparency=0), "z.png", (255, 255, 255)),
    "transparent colour": (plain((1, 2, 3), transparency=(1, 2, 3)), "z.png", (255, 255, 255)),
    "transparent gif": (file_of(Image.new("P", (20, 20), 0), "GIF", transparency=0), "z.gif", (255, 255, 255)),
    "two colours": (plain(1, mode="1"), "z.png", (255, 255, 255)),
    "grey": (plain(77, mode="L"), "z.png", (77, 77, 77)),
    "16 bits": (file_of(Image.fromarray(np.full((20, 20), 77 * 257, np.uint16))), "z.png", (77, 77, 77)),
    "jpeg by another name": (plain(RED, kind="JPEG"), "z.JPEG", RED),
}


@pytest.mark.parametrize("data, name, colour", ODD.values(), ids=ODD)
def test_odd_kinds_are_shown_as_a_viewer_shows_them(data, name, colour):
    assert np.abs(one(data, name).astype(int) - colour).max() <= 4


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_picture_stands_as_its_camera_says(turn):
    x = np.random.default_rng(turn).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = turn
    want = {1: x, 2: x[:, ::-1], 3: x[::-1, ::-1], 4: x[::-1], 5: x.swapaxes(0, 1), 6: np.rot90(x, -1), 7: np.rot90(x, 2).swapaxes(0, 1),
            8: np.rot90(x)}[turn]
    np.testing.assert_array_equal(one(file_of(x, exif=exif), "z.png"), want)


def test_of_a_moving_picture_the_first_image_is_taken():
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, GREEN, BLUE)]
    for kind in ("GIF", "WEBP", "PNG"):
        moving = file_of(frames[0], kind, save_all=True, append_images=frames[1:])
        assert np.abs(one(moving, f"z.{KINDS[kind]}").astype(int) - RED).max() < 12


def test_a_photograph_of_many_pixels_is_unpacked_small():
    large = Image.fromarray(np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)).resize((2400, 1800))
    found = one(file_of(large, "JPEG"), "z.jpg").astype(int)
    want = np.asarray(large.crop((300, 0, 2100, 1800)).resize((32, 32), Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(found - want).mean() < 4


# ---- labels and names

@pytest.mark.parametrize("name, label", [
    ("cat_01.jpg", "cat"), ("cat2.png", "cat"), ("cat-a.webp", "cat"), ("cat (3).gif", "cat"),
    ("golden_retriever_03.jpg", "golden_retriever"),
    ("t-shirt1.png", "t-shirt"), ("猫_1.jpg", "猫"), ("猫12.jpg", "猫"), ("cat.jpg", "cat"), ("a/b/cat_1.jpg", "cat"), ("cat 7.png", "cat"),
    ("01.jpg", ""), ("_7.png", ""), ("v1.2_cat_3.png", "v1.2_cat"), ("cat", "cat"), ("cat_dog", "cat")])
def test_a_name_tells_its_class(name, label):
    assert label_of(name) == label


def test_loose_files_tell_their_class_by_name_unless_the_caller_does():
    files = [(f"{label}_{i}.png", noise(10 * k + i)) for k, label in enumerate(("ape", "Bee")) for i in range(4)]
    assert read_images(files, 2)[2] == ["ape", "Bee"]
    _, arrays, classes, _ = read_images(files, 2, labels=["one", "two"] * 4)
    assert classes == ["one", "two"] and np.bincount(arrays["y"]).tolist() == [4, 4]
    upper = [(name.upper().replace("PNG", "png") if i % 2 else name, data) for i, (name, data) in enumerate(files)]
    assert len(read_images(upper, 2)[2]) == 2  # Ape and APE are one
    message = reasons(read_images([*files, ("123.png", noise(99))], 2)[3])
    assert len(message) == 1 and "123.png" in message[0] and "class" in message[0]


def test_a_zip_of_one_folder_tells_classes_by_name():
    entries = [(f"pictures/{label}_{i}.png", noise(10 * k + i)) for k, label in enumerate(("cat", "dog")) for i in range(4)]
    assert read(entries)[2] == ["cat", "dog"]
    assert read([(name.partition("/")[2], data) for name, data in entries])[2] == ["cat", "dog"]
    deep = [(f"train/{name}" if i % 2 else f"test/{name}", data) for i, (name, data) in enumerate(two_classes())]
    assert read(deep)[2] == ["cat", "dog"]


@pytest.mark.parametrize("layout, classes", [
    ("data/{kind}/{i}.png", ["cat", "dog"]), ("data/{kind}/a/{i}.png", ["cat", "dog"]), ("{kind}/a/b/{i}.png", ["cat", "dog"]),
    ("x/{kind}/a/b/{i}.png", ["cat", "dog"]), ("./{kind}/a/{i}.png", ["cat", "dog"]), ("{part}/{kind}/{i}.png", ["cat", "dog"]),
    ("{part}/{kind}/a/{i}.png", ["cat", "dog"]), ("{part}/a/{kind}_{i}.png", ["cat", "dog"]), ("{part}/{kind}_{i}.png", ["cat", "dog"]),
    ("{kind}/{part}/{i}.png", ["cat", "dog"]), ("a/{kind}_{i}.png", ["cat", "dog"]), ("a/b/{kind}_{i}.png", ["cat", "dog"]),
    ("{kind}s/{kind}/{i}.png", ["cat", "dog"]), ("{part}er/a/{kind}_{i}.png", ["tester", "trainer"])])
def test_the_folder_that_tells_the_class_may_lie_further_out(layout, classes):
    entries = [(layout.format(kind=kind, i=i, part=("train", "test")[i % 2]), noise(20 * k + i))
               for k, kind in enumerate(("cat", "dog")) for i in range(8)]
    _, arrays, found, refused = read([*entries, ("data/about/README.md", b"hello")])
    assert found == classes and np.bincount(arrays["y"]).tolist() == [8, 8] and "README.md" in reasons(refused)[0]


def test_a_single_file_has_no_folders():
    files = [(f"{label}_{i}.png", noise(10 * k + i)) for k, label in enumerate(("<b>x</b>", "..\\dog")) for i in range(4)]
    assert read_images(files, 2)[2] == [".._dog", "<b>x<_b>"]


def raw_named(entries, encoding):
    """A ZIP whose names are in an encoding that it does not tell."""
    stand_ins = {name: "".join(chr(0x61 + i // 26) + chr(0x61 + i % 26) for _ in name.encode(encoding))[:len(name.encode(encoding))]
                 for i, (name, _) in enumerate(entries)}
    data = zipped([(stand_ins[name], content) for name, content in entries], zipfile.ZIP_STORED)
    for name, stand_in in stand_ins.items():
        assert data.count(stand_in.encode()) == 2
        data = data.replace(stand_in.encode(), name.encode(encoding))
    return data


@pytest.mark.parametrize("encoding, labels", [("gbk", ["小猫", "小狗"]), ("gbk", ["喆喆的猫", "狗"]), ("utf-8", ["猫", "Käfer"]),
                                              ("cp437", ["Käfer", "Été"]), ("cp437", ["été", "Hündin"]), ("ascii", ["a", "b"])])
def test_names_of_any_script_are_read(encoding, labels):
    entries = [(f"{label}/picture-{i}.png", noise(10 * k + i)) for k, label in enumerate(labels) for i in range(4)]
    classes = read_images([("all.zip", raw_named(entries, encoding))], 2)[2]
    assert classes == sorted(labels, key=str.casefold)
    assert read(entries)[2] == classes  # with the names' encoding told


def test_parted_accents_and_hidden_letters_make_no_other_class():
    entries = [(f"Ka\u0308fer/{i}.png", noise(i)) for i in range(2)] + [(f"K\u00e4fer/{i + 2}.png", noise(i + 2)) for i in range(2)]
    entries += [(f"a\u202eb\tc/{i}.png", noise(i + 9)) for i in range(4)]
    assert read(entries)[2] == ["abc", "K\u00e4fer"]


def test_what_systems_leave_behind_is_passed_over():
    more = [("__MACOSX/cat/._1.png", b"x"), ("cat/.DS_Store", b"x"), ("dog/Thumbs.db", b"x"), ("cat/._2.png", b"x"), ("desktop.ini", b"x"),
            ("cat/", b"")]
    assert read(two_classes() + more)[0] == read(two_classes())[0] and read(two_classes() + more)[3] == []


def test_names_parted_as_windows_does():
    packed = zipped([(name.replace("/", "#"), data) for name, data in two_classes()]).replace(b"cat#", b"cat\\").replace(b"dog#", b"dog\\")
    assert read_images([("all.zip", packed)], 2)[2] == ["cat", "dog"]


# ---- refused one by one

def png(width, height, data=b"\0" * 1000):
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(data)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)


REFUSED = {
    "letters": (b"hello", "odd.png", "not a picture"), "empty": (b"", "odd.png", "not a picture"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "odd.svg", "not a picture"),
    "tiff": (plain(RED, kind="TIFF"), "odd.png", "not a picture"), "pdf": (plain(RED, kind="PDF"), "odd.png", "not a picture"),
    "postscript": (plain(RED, kind="EPS"), "odd.png", "not a picture"),
    "lying name": (plain(RED, kind="JPEG"), "odd.png", "JPEG"), "text by name": (plain(RED), "odd.txt", ".txt"),
    "bomb": (png(100_000, 100_000), "odd.png", "million pixels"), "claims": (png(8_000, 8_000), "odd.png", "million pixels"),
    "one pixel": (plain(RED, (1, 1)), "odd.png", "1 × 1"), "narrow": (plain(RED, (300, 7)), "odd.png", "300 × 7"),
    "cut png": (noise(0, (60, 60))[:3000], "odd.png", "damaged"), "cut jpeg": (noise(0, (60, 60), "JPEG")[:1500], "odd.jpg", "damaged"),
    "cut webp": (noise(0, (60, 60), "WEBP")[:1500], "odd.webp", "damaged"),
    "cut bmp": (noise(0, (60, 60), "BMP")[:3000], "odd.bmp", "damaged"),
    "wrong sum": (noise(0, (60, 60)).replace(b"IDAT", b"IDAT\xff", 1), "odd.png", "damaged"),
    "few rows": (png(50, 50), "odd.png", "damaged"),
    "zip": (zipped([("a.png", noise(0))]), "odd.zip", "ZIP within"), "hidden zip": (zipped([("a.png", noise(0))]), "odd.png", "ZIP within"),
    "zeros": (b"\0" * (4 << 20), "odd.png", "far more"), "flat picture": (plain(RED, (1500, 1500), kind="BMP"), "odd.bmp", "far more"),
}


@pytest.mark.parametrize("data, name, word", REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_used_is_named_with_its_reason(data, name, word):
    sentence = one(data, name)
    assert isinstance(sentence, str) and word in sentence and name in sentence


def entry(name, **more):
    info = zipfile.ZipInfo(name)
    for key, value in more.items():
        setattr(info, key, value)
    return info


PATHS = {"up": (entry("cat/../../odd.png"), "leads out"), "root": (entry("/etc/odd.png"), "leads out"),
         "drive": (entry("C:/odd.png"), "leads out"),
         "windows up": (entry("..\\odd.png"), "leads out"),
         "link": (entry("cat/odd.png", create_system=3, external_attr=(stat.S_IFLNK | 0o777) << 16), "link"),
         "bzip2": (entry("cat/odd.png", compress_type=zipfile.ZIP_BZIP2), "unusual"),
         "lzma": (entry("cat/odd.png", compress_type=zipfile.ZIP_LZMA), "unusual")}


@pytest.mark.parametrize("info, word", PATHS.values(), ids=PATHS)
def test_an_entry_that_is_no_plain_file_is_refused(info, word):
    refused = reasons(read([*two_classes(), (info, noise(50))])[3])
    assert len(refused) == 1 and word in refused[0] and "odd.png" in refused[0]


def test_an_encrypted_entry_is_refused():
    data = bytearray(zipped([*two_classes(), ("cat/odd.png", noise(50))]))
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    refused = reasons(read_images([("all.zip", bytes(data))], 2)[3])
    assert len(refused) == 1 and "password" in refused[0] and "odd.png" in refused[0]


def test_sizes_are_those_that_were_read(monkeypatch):
    """An entry that says it has 100 bytes, and holds 40 MB, is read to its limit and no further."""
    bomb = bytearray(zipped([("cat/odd.png", b"\0" * (40 << 20)), *two_classes()]))
    for signature, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", bomb, bomb.find(signature) + at, 100)
    refused = reasons(read_images([("all.zip", bytes(bomb))], 2)[3])
    assert len(refused) == 1 and "odd.png" in refused[0]
    monkeypatch.setattr(unzip, "ENTRY", 1 << 20)
    refused = reasons(read([("cat/odd.png", b"\0" * (3 << 20)), *two_classes()])[3])
    assert "far more" in refused[0]


def test_entries_that_are_too_large_do_not_use_up_what_may_be_unpacked(monkeypatch):
    opened = []
    whole = zipfile.ZipFile.open
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda self, info, *a, **k: opened.append(info) or whole(self, info, *a, **k))
    large = [(f"cat/large{i}.png", b"\0" * (40 << 20)) for i in range(5)]
    large += [(f"cat/denser{i}.png", b"\0" * (9 << 20)) for i in range(5)]  # allowed by size, not by what it is packed in
    packed = zipped([*large, *two_classes()])
    opened.clear()
    _, arrays, _, refused = read_images([("all.zip", packed)], 5)
    assert len(arrays["x"]) == 10 and len(refused) == 10 and all("far more" in reason for reason in reasons(refused))
    assert {info.filename for info in opened} == {name for name, _ in two_classes()}


def test_pictures_of_too_many_pixels_do_not_use_up_what_may_be_unpacked():
    large = plain(1, (6000, 6000), mode="1")
    _, arrays, _, refused = read([*two_classes(), *((f"cat/large{i}.png", large) for i in range(12))])
    assert len(arrays["x"]) == 10 and len(refused) == 12 and all("25 million" in reason for reason in reasons(refused))
    assert isinstance(one(plain(RED, (6000, 5000), kind="JPEG"), "z.jpg"), np.ndarray)  # unpacked at a smaller size


def test_a_broken_zip_is_refused_by_itself():
    files = [(f"{label}_{i}.png", noise(10 * k + i)) for k, label in enumerate(("cat", "dog")) for i in range(5)]
    for content in (b"PK\x03\x04" + bytes(range(256)) * 9, zipped(two_classes())[:-30], b"PK\x05\x06"):
        _, arrays, _, refused = read_images([("broken.zip", content), *files], 2)
        assert len(arrays["x"]) == 10 and reasons(refused) == ["“broken.zip” is damaged or not complete."]


def test_pictures_of_a_small_class_are_refused_one_by_one():
    stray = [("IMG_0001.png", noise(90)), ("owl/1.png", noise(91)), ("OWL/2.png", noise(92)), ("owl/3.png", noise(93))]
    digest, arrays, classes, refused = read([*stray, *two_classes()])
    assert classes == ["cat", "dog"] and digest == read(two_classes())[0] and len(arrays["x"]) == 10
    assert reasons(refused) == [
        f"“{name}” is of the class “{kind}”, which has too few usable pictures: {count}. At least 4 are needed."
        for name, kind, count in (("IMG_0001.png", "IMG", 1), ("owl/1.png", "OWL", 3), ("OWL/2.png", "OWL", 3), ("owl/3.png", "OWL", 3))]
    many = [(f"{chr(97 + k)}_1.png", noise(k)) for k in range(12)]  # more names than a network may have classes
    assert len(read([*many, *two_classes()])[3]) == 12


@pytest.mark.parametrize("seed", range(10))
def test_from_enough_pictures_on_each_class_has_some_to_learn_from_and_to_check_with(seed):
    rng = np.random.default_rng(seed)
    for kinds in range(2, CLASSES + 1):
        for counts in (np.full(kinds, ENOUGH), rng.integers(ENOUGH, 40, kinds), np.r_[np.full(kinds - 1, ENOUGH), 300]):
            y = np.repeat(np.arange(kinds), counts)
            for part in split(y, len(y), 0.7, rng, with_test=True):
                assert np.bincount(y[part], minlength=kinds).min() >= 1
    short = np.repeat([0, 1], LEAST)
    assert min(np.bincount(short[part], minlength=2).min() for part in split(short, len(short), 0.7, rng, with_test=True)) == 0


def test_what_a_damaged_entry_unpacks_counts(monkeypatch):
    """Its size is as it says, only the sum at its end is wrong: it would be read all the same."""
    noisy = np.random.default_rng(0).bytes(1 << 20)
    packed = zipped([(f"cat/{i}.png", noisy) for i in range(4)], zipfile.ZIP_STORED)
    packed = packed.replace(noisy[-9:], b"\0" * 9)
    assert len(reasons(read_images([("all.zip", packed), ("good.zip", zipped(two_classes()))], 5)[3])) == 4
    monkeypatch.setattr(archive, "UNPACKED", 3 << 20)
    refused = reasons(read_images([("all.zip", packed), ("good.zip", zipped(two_classes()))], 5)[3])
    assert [("left out" in reason, "damaged" in reason) for reason in refused] == 2 * [(True, False)] + 2 * [(False, True)]


# ---- too much together: the largest are refused one by one, the rest is used

def named(refused, word):
    """The files that are refused with this word, which is in every reason."""
    assert all(word in reason for reason in reasons(refused))
    return [message.args["file"] for message in refused]


def test_of_a_zip_that_unpacks_to_too_much_the_largest_are_refused():
    rows = np.zeros((100, 2600, 3), np.uint8)  # packed to far less, though not to so little as a bomb
    rows[:, :600] = np.random.default_rng(0).integers(0, 256, (100, 600, 3))
    large = file_of(np.repeat(rows, 27, 0), "BMP")
    packed = zipped([*((f"{kind}/large{i}.bmp", large) for i, kind in enumerate(["cat", "dog"] * 3 + ["cat"])), *two_classes(8)])
    assert len(packed) < 20 << 20 < len(large) + 1e6
    _, arrays, classes, refused = read_images([("all.zip", packed)], 20)
    assert classes == ["cat", "dog"] and len(arrays["x"]) == 16 + 6 and named(refused, "128 MB unpacked") == ["dog/large5.bmp"]


def test_what_is_unpacked_is_counted_over_all_zips(monkeypatch):
    large = [(f"cat/large{i}.png", noise(i, (60, 60))) for i in range(4)]
    monkeypatch.setattr(archive, "UNPACKED", sum(len(data) for _, data in [*two_classes(8), *large]) - 1)
    parts = [("broken.zip", b"PK\x03\x04"), *((f"{i}.zip", zipped([*two_classes(8)[i::4], large[i]])) for i in range(4))]
    _, arrays, _, refused = read_images(parts, 5)
    assert len(arrays["x"]) == 19 and [message.args["file"] for message in refused] == ["broken.zip", "cat/large3.png"]


def test_what_is_too_large_for_the_whole_is_refused_by_name():
    bmp = np.random.default_rng(0).integers(0, 256, (2640, 2640, 3), dtype=np.uint8)
    stored = zipped([("cat/large.bmp", file_of(bmp, "BMP")), *two_classes(8)], zipfile.ZIP_STORED)
    digest, arrays, _, refused = read_images([("all.zip", stored)], 19.9)
    assert digest == read(two_classes(8))[0] and len(arrays["x"]) == 16 and named(refused, "19.9 MB") == ["cat/large.bmp"]


@pytest.mark.parametrize("seed", range(3))
def test_of_single_files_that_are_too_much_together_the_largest_are_refused(seed):
    rng = np.random.default_rng(seed)
    files = [(f"{'ab'[i % 2]}_{i}.png", noise(i, (int(side), int(side)))) for i, side in enumerate(rng.permutation(np.arange(20, 60)))]
    sizes = sorted(len(data) for _, data in files)
    kept = int(rng.integers(12, 38))
    limit = sum(sizes[:kept]) / 2**20
    _, arrays, _, refused = read_images(files, limit)
    largest = sorted(files, key=lambda file: len(file[1]), reverse=True)[:40 - kept]
    assert len(arrays["x"]) == kept and named(refused, "the largest go first") == [name for name, _ in largest]
    assert len(read_images(files, limit - 1 / 2**20)[3]) == 41 - kept  # a byte too many


def test_of_pictures_with_too_many_pixels_together_the_largest_are_refused(monkeypatch):
    files = [("cat/a.png", plain(RED, (100, 100))), ("cat/b.png", plain(RED, (90, 90))), ("dog/c.png", plain(RED, (90, 91))),
             ("dog/d.png", noise(0, (99, 99))[:500]), *two_classes()]
    unpacked = []
    load = ImageFile.ImageFile.load
    monkeypatch.setattr(archive, "PIXELS", 10 * 24 * 24 + 90 * 90)
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: unpacked.append(self.size) or load(self))
    _, arrays, _, refused = read(files)
    assert len(arrays["x"]) == 11 and named(refused, "the largest go first") == ["cat/a.png", "dog/d.png", "dog/c.png"]
    assert not {(100, 100), (90, 91), (99, 99)} & {*unpacked} and (90, 90) in unpacked  # told from their heads


def test_pictures_that_are_refused_for_their_size_may_take_their_class_with_them(monkeypatch):
    monkeypatch.setattr(archive, "UNPACKED", 10_000)
    with pytest.raises(PicturesError, match="1 \\(cat\\)") as problem:
        read([*two_classes(5)[:5], *((f"dog/{i}.png", noise(i, (60, 60))) for i in range(5))])
    assert named(problem.value.refused, "unpacked") == [f"dog/{i}.png" for i in (4, 3, 2, 1, 0)]


# ---- refused together

def test_few_classes_or_pictures_are_told_with_what_was_refused():
    one_class = [entry for entry in two_classes() if entry[0].startswith("cat")]
    with pytest.raises(PicturesError) as problem:
        read([*one_class, ("notes/read.png", b"hello")])
    assert "1 (cat)" in say(problem.value.message) and "cat_01.jpg" in say(problem.value.message)
    assert len(problem.value.refused) == 1 and isinstance(problem.value, UploadError)
    with pytest.raises(PicturesError) as problem:
        read([*one_class, *((f"dog/{i}.png", noise(i)) for i in range(3))])
    assert "“dog”: 3" in say(problem.value.message) and "at least 4" in say(problem.value.message)
    with pytest.raises(PicturesError) as problem:
        read([(f"{k}/{i}.png", noise(k)) for k in range(11) for i in range(4)])
    assert "pictures: 11 (" in say(problem.value.message) and "2 to 10" in say(problem.value.message)


@pytest.mark.parametrize("names", [[f"cat/{i}.png" for i in range(8)], [f"{i}.png" for i in range(8)]])
def test_pictures_of_no_class_or_one_are_not_called_unreadable(names):
    with pytest.raises(PicturesError, match="only one class, and two at least are needed") as problem:
        read([(name, noise(i)) for i, name in enumerate(names)])
    wanted = "two at least, side by side" if "/" in names[0] else "put it into a folder cat"
    assert all(wanted in reason for reason in reasons(problem.value.refused)) and len(problem.value.refused) == 8


@pytest.mark.parametrize("files", [[], [("a.zip", zipped([]))], [("a.png", b"hello")], [("a.zip", zipped([("a/b.txt", b"x")]))]])
def test_nothing_to_read_is_told(files):
    with pytest.raises(PicturesError, match="no picture among"):
        read_images(files, 2)


def test_limits_of_the_whole(monkeypatch):
    with pytest.raises(PicturesError, match="more than 5000 files"):
        read([(f"{i}", b"") for i in range(5001)])
    with pytest.raises(PicturesError, match="no picture among") as problem:
        read_images([("a.zip", zipped(two_classes())[:-30])], 2)
    assert "damaged" in reasons(problem.value.refused)[0]
    monkeypatch.setattr(archive, "MOST", 8)
    with pytest.raises(PicturesError, match="more than 8 pictures"):
        read(two_classes())
    with pytest.raises(ValueError, match="channels=2"):
        read(two_classes(), channels=2)


def test_entries_that_share_their_bytes_are_counted_each_time(monkeypatch):
    """Thousands of entries of the list may point to the same packed bytes."""
    data = zipped([("a/1.png", noise(0)), ("a/2.png", noise(0))])
    first, second, end = (data.find(b"PK\x01\x02"), data.rfind(b"PK\x01\x02"), data.find(b"PK\x05\x06"))
    listed = data[first:second]
    bomb = data[:first] + listed * 3000 + data[end:end + 8] + struct.pack("<HHIIH", 3000, 3000, len(listed) * 3000, first, 0)
    monkeypatch.setattr(archive, "UNPACKED", 1 << 20)
    opened = []
    whole = zipfile.ZipFile.open
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda self, info, *a, **k: opened.append(info) or whole(self, info, *a, **k))
    with pytest.raises(PicturesError):
        read_images([("all.zip", bomb)], 2)
    assert 0 < sum({id(info): info.file_size for info in opened}.values()) <= 1 << 20


@pytest.mark.parametrize("seed", [pytest.param(s, marks=[pytest.mark.slow] if s > 1 else []) for s in range(8)])
def test_a_zip_with_flipped_bits_gives_pictures_or_a_sentence(seed):
    rng = np.random.default_rng(seed)
    whole = zipped(two_classes())
    for _ in range(40):
        data = bytearray(whole)
        for at in rng.integers(0, len(data), rng.integers(1, 20)):
            data[at] = rng.integers(256)
        if rng.random() < 0.3:
            data = data[:rng.integers(len(data))]
        try:
            _, arrays, _, refused = read_images([("all.zip", bytes(data))], 2)
            assert len(arrays["x"]) <= 10 and arrays["x"].shape[1:] == (32, 32, 3)
        except UploadError as problem:
            refused = [problem.message]
        assert all(reasons(refused))


def test_the_real_pictures():
    folder = settings.data / "images"
    if not folder.is_dir():
        pytest.skip("the data folder has no images")
    digits = [(path.name, path.read_bytes()) for path in sorted(folder.glob("*digit*.png"))]
    labels = ["drawn" if name.startswith("drawn") else "scanned" for name, _ in digits]
    extra = [("ladybug_1.png", (folder / "ladybug.png").read_bytes())]
    digest, arrays, classes, refused = read_images(digits + extra, 5, labels=[*labels[:-1], "drawn", "drawn"], side=28, channels=1)
    assert classes == ["drawn", "scanned"] and refused == [] and len(arrays["x"]) == 14 and len(digest) == 32
