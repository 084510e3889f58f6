"""The words of the grammars, and the odds of each way to go on; see `core.data.grammar`."""

from __future__ import annotations

START = "{sentence}"

# {symbol: [(odds, what replaces it), …]}; what stands in braces is a symbol, all else are characters of the text
GRAMMARS: dict[str, dict[str, list[tuple[float, str]]]] = {
    "english": {
        START: [(1, "{one} {does}. "), (1, "{some} {do}. ")],
        "{one}": [(1, "{a}"), (1, "{a} that {sees} {thing}")],
        "{some}": [(1, "{two}"), (1, "{two} that {see} {thing}")],
        "{thing}": [(1, "{a}"), (1, "{two}")],
        "{a}": [(3, "a {adjective}{noun}"), (1, "every {adjective}{noun}")],
        "{two}": [(3, "two {adjective}{noun}s"), (1, "many {adjective}{noun}s")],
        "{adjective}": [(3, ""), (2, "small "), (1, "big "), (1, "red ")],
        "{noun}": [(4, "dog"), (3, "cat"), (2, "bird"), (1, "girl"), (1, "king")],
        "{does}": [(2, "sleeps"), (1, "sings"), (1, "runs"), (2, "{sees} {thing}")],
        "{do}": [(2, "sleep"), (1, "sing"), (1, "run"), (2, "{see} {thing}")],
        "{sees}": [(2, "sees"), (1, "likes"), (1, "finds")],
        "{see}": [(2, "see"), (1, "like"), (1, "find")],
    },
    "chinese": {
        START: [(2, "{number}只{clause}{animal}{does}。"), (1, "{number}位{clause}{person}{does}。"),
                (1, "{number}条{clause}{long}{does}。")],
        "{number}": [(4, "一"), (2, "两"), (1, "三")],
        "{clause}": [(1, ""), (1, "{sees}{thing}的")],
        "{thing}": [(2, "{number}只{animal}"), (1, "{number}位{person}"), (1, "{number}条{long}")],
        "{animal}": [(2, "{colour}猫"), (2, "{colour}狗"), (1, "{colour}鸟")],
        "{person}": [(2, "老师"), (1, "学生"), (1, "医生")],
        "{long}": [(2, "{colour}鱼"), (1, "{colour}蛇"), (1, "{colour}龙")],
        "{colour}": [(3, ""), (2, "小"), (1, "白"), (1, "黑")],
        "{does}": [(2, "睡着了"), (1, "在唱歌"), (1, "跑了"), (2, "{sees}{thing}")],
        "{sees}": [(2, "看见"), (1, "喜欢"), (1, "找到")],
    },
}
