"""The glossary: complete and bounded in both languages, every marked term has an entry, and a term explains itself in a browser."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import extract, pofile
from streamlit.testing.v1 import AppTest

from core import glossary, i18n
from core.glossary import find, marked, plain
from core.ui import terms
from tests.browser import chromium
from tests.conftest import slow_after

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [p for folder in ("core", "pages") for p in (ROOT / folder).rglob("*.py")] + [ROOT / "dashboard.py"]
NEVER = ["隐蔽层", "流传", "练习", "辨别器", "梯度消散", "记忆单位", "盘算", "特性"]
AGREED = """
neural network = 神经网络 · neuron / unit = 神经元 / 单元 · input layer / hidden layer / output layer = 输入层 / 隐藏层 / 输出层
weight = 权重 · bias (term) = 偏置 · bias (statistics) = 偏差 · variance = 方差 · feature = 特征 · label = 标签 · sample = 样本
activation function = 激活函数 · forward propagation = 前向传播 · back-propagation = 反向传播 · chain rule = 链式法则
gradient = 梯度 · partial derivative = 偏导数 · eigenvalue / eigenvector = 特征值 / 特征向量 · expectation = 期望
loss function = 损失函数 · mean squared error = 均方误差 · cross-entropy = 交叉熵 · entropy = 熵 · KL divergence = KL 散度
logits = logits（未归一化得分） · optimizer = 优化器 · gradient descent = 梯度下降 · SGD = 随机梯度下降 · momentum = 动量
learning rate = 学习率 · schedule = 学习率调度 · warm-up = 预热 · batch size = 批大小 · epoch = 轮次（epoch）
step / iteration = 步 / 迭代 · hyperparameter = 超参数 · initialization = 初始化 · random seed = 随机种子
training set / validation set / test set = 训练集 / 验证集 / 测试集 · overfitting / underfitting = 过拟合 / 欠拟合
generalization = 泛化 · regularization = 正则化 · weight decay = 权重衰减 · dropout = 随机失活（Dropout）
batch normalization = 批归一化 · layer normalization = 层归一化 · early stopping = 早停 · data augmentation = 数据增强
standardization = 标准化 · normalization (scaling) = 归一化 · data leakage = 数据泄漏 · cross-validation = 交叉验证
confusion matrix = 混淆矩阵 · accuracy = 准确率 · precision = 精确率 · recall = 召回率 · threshold = 阈值 · calibration = 校准
confidence interval = 置信区间 · baseline = 基线 · vanishing gradient / exploding gradient = 梯度消失 / 梯度爆炸
gradient clipping = 梯度裁剪 · convolution kernel / filter = 卷积核 / 滤波器 · feature map = 特征图
stride / padding / dilation = 步幅 / 填充 / 空洞 · pooling = 池化 · receptive field = 感受野 · fully connected layer = 全连接层
feedforward network = 前馈神经网络 · CNN = 卷积神经网络 · RNN = 循环神经网络 · LSTM = 长短期记忆网络 · GRU = 门控循环单元
input gate / forget gate / output gate = 输入门 / 遗忘门 / 输出门 · update gate / reset gate = 更新门 / 重置门
hidden state / cell state = 隐状态 / 细胞状态 · time step / window = 时间步 / 窗口 · look-back = 回看长度
persistence forecast = 持续性预测（取上一值） · walk-forward = 滚动前推验证 · random walk = 随机游走 · self-attention = 自注意力
multi-head attention = 多头注意力 · query / key / value = 查询 / 键 / 值 · positional encoding = 位置编码 · causal mask = 因果掩码
residual connection = 残差连接 · embedding = 嵌入 · token = 词元 · vocabulary = 词表 · perplexity = 困惑度 · temperature = 温度
generator / discriminator = 生成器 / 判别器 · mode collapse = 模式坍塌 · latent space = 潜空间
autoencoder / VAE = 自编码器 / 变分自编码器 · sentiment analysis = 情感分析 · transfer learning / fine-tuning = 迁移学习 / 微调
self-supervised learning = 自监督学习 · reinforcement learning / policy = 强化学习 / 策略 · interpretability = 可解释性
"""


def agreed() -> list[tuple[str, str]]:
    """The agreed pairs, one term each."""
    pairs = []
    for line in re.split(r" · |\n", AGREED.strip()):
        english, chinese = (side.split(" / ") for side in line.split(" = "))
        pairs += zip(english, chinese, strict=True)
    return pairs


@pytest.fixture
def chinese():
    i18n.use("zh")
    yield
    i18n.use("en")


# ---- the entries


@pytest.mark.parametrize("english, zh", agreed())
def test_an_agreed_term_has_an_entry_under_its_agreed_names(english, zh):
    entry = find(english)
    assert entry is not None and entry.zh == zh and find(zh) is entry


def test_entries_are_complete_and_bounded_in_both_languages():
    for entry in glossary.entries():
        assert set(entry.explained) == set(i18n.LANGUAGES), entry.id
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry.id) and entry.en and entry.zh
        english, zh = entry.explained["en"], entry.explained["zh"]
        assert 4 <= len(english.split()) <= 35 and 8 <= len(re.sub(r"\s", "", zh)) <= 60, entry.id
        assert english[-1] in ".?…" and zh[-1] in "。？…", entry.id
        assert re.search("[一-鿿]{4}", zh) and not re.search("[一-鿿]", english + entry.en), entry.id


def test_explanations_use_the_agreed_words():
    for entry in glossary.entries():
        text = entry.zh + entry.explained["zh"]
        assert not [word for word in NEVER if word in text], entry.id
        assert "偏差" not in text or entry.id == "statistical-bias", entry.id
        assert not re.search(r"[一-鿿][,;:?!]|[一-鿿]\.(?!\d)", text), f"{entry.id}: half-width punctuation after Chinese"


def test_an_explanation_tells_more_than_the_term():
    """Not “momentum: the momentum of …”: neither language begins with the term itself."""
    for entry in glossary.entries():
        assert not entry.explained["en"].lower().startswith((f"{entry.en.lower()} ", f"the {entry.en.lower()} ")), entry.id
        assert not entry.explained["zh"].startswith(f"{entry.zh}是"), entry.id


def test_no_name_belongs_to_two_entries_and_every_file_entry_is_read():
    names = [name for entry in glossary.entries() for name in entry.names()]
    assert sorted({n for n in names if names.count(n) > 1}) == []
    assert len(glossary.entries()) == len(json.loads(glossary.FILE.read_text("utf-8"))) >= 120


@pytest.mark.parametrize("term, id", [("Learning rate", "learning-rate"), ("learning  rates", "learning-rate"), ("neurons", "neuron"),
                                      ("学习率", "learning-rate"), ("轮次", "epoch"), ("relu", "relu"), ("bias (term)", "bias")])
def test_a_term_is_found_by_any_of_its_names(term, id):
    assert find(term).id == id


def test_a_term_that_is_not_there_is_not_found():
    assert find("flux capacitor") is None and find("") is None


# ---- marks


def test_marks_are_found_and_taken_away():
    text = "A [[learning rate]] for [[all of them|neuron]], **[[warp]]** and [[*validation* points|validation set]]"
    assert marked(text) == [("learning rate", "learning-rate"), ("all of them", "neuron"), ("warp", "warp"),
                            ("*validation* points", "validation-set")]
    assert plain(text) == "A learning rate for all of them, **warp** and *validation* points"
    assert marked("x[0][1] and [a](b)") == [] and plain("x[0][1]") == "x[0][1]"


def wrong(texts: dict[str, str]) -> list[str]:
    """What is wrong with the marks of texts and their translations."""
    problems = []
    for english, zh in texts.items():
        for text in (english, zh):
            problems += [f"no entry for “{term}”: {text}" for _shown, term in marked(text) if find(term) is None]
            if "[[" in plain(text) or "]]" in plain(text):
                problems.append(f"a mark that does not close: {text}")
        if {term for _s, term in marked(english)} != {term for _s, term in marked(zh)}:
            problems.append(f"the translation marks other terms: {english}")
    return problems


def test_every_marked_term_of_the_texts_has_an_entry_in_both_languages():
    with (ROOT / "locale/zh_CN/LC_MESSAGES/messages.po").open("rb") as file:
        translated = {m.id: m.string for m in pofile.read_po(file) if m.id}
    texts = {message for path in SOURCES for _line, message, _comments, _context
             in extract.extract("python", BytesIO(path.read_bytes()), {"_": None, "N_": None}) if isinstance(message, str)}
    assert wrong({text: translated.get(text) or text for text in texts}) == []


def test_what_is_wrong_with_a_mark_is_found():
    assert wrong({"a [[learning rate]]": "[[学习率]]", "[[this|step]]": "[[一步|step]]"}) == []
    assert "“warp drive”" in wrong({"a [[warp drive]]": "[[warp drive]]"})[0]
    assert "“曲速”" in wrong({"[[learning rate]]": "[[曲速]]"})[0]
    assert "does not close" in wrong({"a [[learning rate]": "学习率"})[0]
    assert "other terms" in wrong({"a [[learning rate]]": "[[梯度]]"})[0] and "other terms" in wrong({"a [[step]]": "步"})[0]


# ---- as HTML


def test_a_text_without_marks_is_written_as_it_is():
    written = []
    terms.markdown("<b>1</b>", write=lambda *args, **kwargs: written.append((args, kwargs)), width="content")
    assert written == [(("<b>1</b>",), {"width": "content"})]


def test_no_other_tag_passes_beside_a_mark():
    shown = terms.html("<script>x</script> a < b [[<i>|step]] </p><!-- [[warp]]")
    assert sorted(set(re.findall(r"</?([a-z!]+)", shown))) == ["b", "br", "button", "span"]
    assert shown.endswith("< /p>< !-- warp")


def test_explanations_hold_nothing_for_markdown_or_html_to_read():
    for language in i18n.LANGUAGES:
        for entry in glossary.entries():
            text = terms._literal(entry.explained[language])
            assert not re.search(r"[*_$`<>\[\]\\~:|]", text) and not re.search(r"&(?!#\d+;)", text)


def test_a_chinese_reader_sees_the_chinese_name_and_the_english_one(chinese):
    shown = terms.html("[[步子|step]]")
    assert ">步子</button>" in shown and "<b>步</b>" in shown and '<i lang="en">step</i>' in shown
    assert find("step").explained["zh"] in shown
    assert "<i" not in terms.html("[[ReLU]]")


def test_names_of_terms_are_the_same_in_every_rerun_and_differ_within_a_text():
    ids = re.findall(r' id="([^"]+)"', terms.html("[[step]] [[step]] [[batch]]"))
    assert len(set(ids)) == 3 and ids == re.findall(r' popovertarget="([^"]+)"', terms.html("[[step]] [[step]] [[batch]]"))


# ---- the list


def listed(app: AppTest) -> list[str]:
    return re.findall(r"<dt><b>(.*?)</b>", app.get("html")[0].proto.body)


def test_the_page_lists_all_terms_sorted_in_both_languages_and_finds_some():
    def page(language):
        from core import i18n
        from core.ui import terms

        i18n.use(language)
        terms.page()

    app = AppTest.from_function(page, args=("en",)).run()
    names = listed(app)
    assert len(names) == len(glossary.entries()) and names == sorted(names, key=str.casefold)
    assert find("momentum").explained["zh"] in app.get("html")[0].proto.body
    app.text_input[0].set_value("Overfit").run()
    assert "overfitting" in listed(app) and len(listed(app)) < 12
    app.text_input[0].set_value("<b>no such").run()
    assert not app.exception and listed(app) == []
    app = AppTest.from_function(page, args=("zh",)).run()
    names = [n for n in listed(app) if re.match("[一-鿿]", n)]
    assert names.index("步") < names.index("感受野") < names.index("权重") < names.index("自注意力")  # bù, gǎn, quán, zì


# ---- in a browser

APP = """
import sys

sys.path.insert(0, {root!r})
import streamlit as st
from core import i18n
from core.ui import terms

i18n.use(st.query_params.get("lang", "en"))
old = "old" in st.query_params  # a browser that knows no interest invokers
style = terms.STYLE.replace("@supports not selector(:interest-source)", "@supports (display: block)") if old else terms.STYLE
st.html(style + "<style>.st-key-right p {{ text-align: right }} .st-key-cut {{ overflow: hidden; height: 2rem }}</style>")
write = (lambda text, **kwargs: st.markdown(text.replace("interestfor", "data-none"), **kwargs)) if old else st.markdown
st.session_state.runs = st.session_state.get("runs", 0) + 1
if "top" not in st.query_params:
    st.html("<p>Rerun <i id='runs'>%d</i></p><div style='height: 9rem'></div>" % st.session_state.runs)
terms.markdown("A **bold [[learning rate]]**, [a link](https://keras.io), $x^2$, 在**[[weight|weight]]**上, and *so* on.", write=write)
right, cut = st.container(key="right"), st.columns(2)[0].container(key="cut")
with right:
    terms.markdown("as far as it goes: [[gradient norm]]", write=write)
with cut:
    terms.markdown("[[tanh]] in a box that is cut off", write=write)
with st.popover("The idea"):
    terms.markdown("It has a [[validation set]].", write=write)
"""
SIZE = {"width": 390, "height": 700}
OPEN = """() => [...document.querySelectorAll('.dl-tip')].filter(tip => tip.checkVisibility()).map(tip => {
  const box = tip.getBoundingClientRect(), colours = getComputedStyle(tip)
  const corners = [box.left + 4, box.right - 4].flatMap(x => [box.top + 4, box.bottom - 4].map(y => [x, y]))
  return {text: tip.innerText, left: box.left, right: box.right, top: box.top, bottom: box.bottom, back: colours.backgroundColor,
          ink: colours.color, whole: corners.every(at => tip.contains(document.elementFromPoint(...at))), role: tip.role, id: tip.id}
})"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    chromium()
    folder = tmp_path_factory.mktemp("terms")
    (folder / "scratch.py").write_text(APP.format(root=str(ROOT)))
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "streamlit", "run", str(folder / "scratch.py"), f"--server.port={port}",
                                    "--server.address=127.0.0.1"], cwd=ROOT, env=dict(os.environ), stdout=log, stderr=log)
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
                break
            except OSError:
                assert process.poll() is None, (folder / "server.log").read_text()
                time.sleep(0.25)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(15)


@pytest.fixture
def visit(site, browser):
    contexts = []

    def go(path="/", **settings):
        contexts.append(browser.new_context(viewport=SIZE, **settings))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.goto(site + path)
        page.locator(".dl-term", has_text="tanh").wait_for()
        return page

    yield go
    for context in contexts:
        context.close()


def opened(page, text):
    """Wait for the one open explanation; it holds the text and lies in view as a whole, with nothing before it."""
    page.wait_for_function(f"text => {{ const open = ({OPEN})(); return open.length === 1 && open[0].text.includes(text) }}", arg=text)
    [tip] = page.evaluate(OPEN)
    assert tip["whole"], tip
    assert tip["left"] >= 0 and tip["right"] <= SIZE["width"] and tip["top"] >= 0 and tip["bottom"] <= SIZE["height"], tip
    term = page.locator(f".dl-term[aria-describedby={tip['id']}]").bounding_box()
    above, below = term["y"] - tip["bottom"], tip["top"] - (term["y"] + term["height"])
    assert -1 <= max(above, below) <= 12 and tip["left"] < term["x"] + term["width"] and tip["right"] > term["x"], (term, tip)
    assert tip["role"] == "tooltip"
    return tip


def closed(page):
    page.wait_for_function(f"() => ({OPEN})().length === 0")


def brightness(colour):
    """Relative luminance as WCAG defines it, of "rgb(r, g, b)"."""
    parts = [int(v) / 255 for v in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


TERMS = [("learning rate", "negative gradient"), ("gradient norm", "how hard the loss pushes"), ("tanh", "S-shaped")]
OLD = pytest.param("/?old=1", marks=pytest.mark.slow)


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", OLD])
@pytest.mark.parametrize("scheme", slow_after(["light", "dark"], 1))
def test_a_term_explains_itself_to_a_pointer(visit, scheme, path):
    page = visit(path, color_scheme=scheme)
    for term, text in TERMS:
        page.locator(".dl-term", has_text=term).hover()
        tip = opened(page, text)
        dark, light = sorted([brightness(tip["back"]), brightness(tip["ink"])])
        assert (light + 0.05) / (dark + 0.05) > 7 and (brightness(tip["back"]) < 0.1) is (scheme == "dark")
        page.mouse.move(200, 690)
        closed(page)
    assert page.locator("#runs").inner_text() == "1"


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", OLD])
def test_a_term_explains_itself_to_the_keyboard(visit, path):
    page = visit(path)
    seen = []
    page.get_by_role("link", name="a link").focus()
    page.keyboard.press("Shift+Tab")
    seen.append(opened(page, "negative gradient")["id"])
    page.keyboard.press("Tab")
    closed(page)
    for text in ("sum", "how hard the loss pushes", "S-shaped"):
        page.keyboard.press("Tab")
        seen.append(opened(page, text)["id"])  # the one before has closed
    assert len(set(seen)) == 4
    page.keyboard.press("Tab")
    closed(page)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    opened(page, "S-shaped")
    if path == "/":  # elsewhere the focus alone shows it, and goes with it
        page.keyboard.press("Escape")
        closed(page)
    assert page.locator("#runs").inner_text() == "1"


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", OLD])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_term_explains_itself_to_a_finger(visit, scheme, path):
    page = visit(path, color_scheme=scheme, is_mobile=True, has_touch=True)
    for term, text in TERMS:
        page.locator(".dl-term", has_text=term).tap()
        opened(page, text)
        page.touchscreen.tap(200, 690)
        closed(page)
    assert page.locator("#runs").inner_text() == "1"
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZE["width"]


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("path", ["/?top=1", pytest.param("/?top=1&old=1", marks=pytest.mark.slow)])
def test_where_there_is_no_room_above_the_explanation_stands_below(visit, path):
    page = visit(path)
    term = page.locator(".dl-term", has_text="learning rate")
    page.add_style_tag(content="[data-testid=stMainBlockContainer] { padding-top: 4rem !important }")
    term.hover()
    assert opened(page, "negative gradient")["top"] > term.bounding_box()["y"]


@pytest.mark.slow
@pytest.mark.browser
def test_a_term_in_a_popover_explains_itself_above_it(visit):
    page = visit()
    page.get_by_role("button", name="The idea").click()
    page.locator(".dl-term", has_text="validation set").hover()
    opened(page, "kept out of learning")


@pytest.mark.slow
@pytest.mark.browser
def test_markdown_around_a_term_still_works_and_the_language_is_the_session_s(visit):
    page = visit("/?lang=zh")
    text = page.locator("[data-testid=stMarkdownContainer]", has=page.locator(".katex")).first
    text.locator("strong").nth(1).wait_for()
    assert text.locator("strong").count() == 2 and text.locator("a[href='https://keras.io']").count() == 1
    assert "*" not in text.inner_text() and text.locator("em").inner_text() == "so"
    page.locator(".dl-term", has_text="gradient norm").hover()
    assert opened(page, "梯度向量的长度")["text"].startswith("梯度范数")
