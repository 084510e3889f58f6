"""The words of the generated reviews, and what each means to whoever knows the rules; see `core.data.reviews`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """aspects: what is judged; good, bad: what is said of it (adjectives); likes, dislikes: (as it is said, and behind “did not”); plain,
    denied, felt, unfelt: clauses, {a} the aspect, {v} what may strengthen, {w} the word; contrasts: {x} is outweighed by {y};
    neutral: sentences that judge nothing; very: what {v} may be; end: what ends a sentence; between: what stands between two; roles:
    what a reader has to know, {text: role}, a role being not, but, although, clause (what was denied ends here) or stop (the sentence
    ends)."""

    aspects: tuple[str, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]
    likes: tuple[tuple[str, str], ...]
    dislikes: tuple[tuple[str, str], ...]
    plain: tuple[str, ...]
    denied: tuple[str, ...]
    felt: tuple[str, ...]
    unfelt: tuple[str, ...]
    contrasts: tuple[str, ...]
    neutral: tuple[str, ...]
    very: tuple[str, ...]
    end: str
    between: str
    roles: dict[str, str]


ENGLISH = Words(
    aspects=("the film", "the movie", "the story", "the plot", "the acting", "the music", "the cast", "the ending", "the script",
             "the camera work", "the dialogue", "the first half"),
    good=("wonderful", "moving", "funny", "clever", "brilliant", "charming", "gripping", "fresh", "beautiful", "superb"),
    bad=("boring", "dull", "clumsy", "silly", "awful", "predictable", "flat", "weak", "tiresome", "terrible"),
    likes=(("loved", "love"), ("enjoyed", "enjoy"), ("admired", "admire")),
    dislikes=(("hated", "hate"), ("disliked", "dislike"), ("regretted", "regret")),
    plain=("{a} was {v}{w}", "i found {a} {v}{w}", "{a} seemed {v}{w} to me"),
    denied=("{a} was not {w}", "{a} was never {w}", "{a} was hardly {w}", "nothing about {a} was {w}", "i did not find {a} {w}"),
    felt=("i {w} {a}", "i really {w} {a}", "all of us {w} {a}"),
    unfelt=("i did not {w} {a}", "nobody could {w} {a}"),
    contrasts=("{x}, but {y}", "although {x}, {y}", "{y}, although {x}", "{x}, but in the end {y}"),
    neutral=("i saw it on a monday evening", "it runs for about two hours", "my sister came with me", "we sat in the third row",
             "it was shown with subtitles", "it is set in a small town by the sea", "a friend had told me of it",
             "there were twenty people in the room", "it is the second part of a series"),
    very=("", "", "", "very ", "really ", "rather ", "so "), end=". ", between=" ",
    roles={"not": "not", "never": "not", "hardly": "not", "nothing": "not", "nobody": "not", "no": "not", "without": "not",
           "neither": "not", "cannot": "not", "but": "but", "however": "but", "although": "although",
           "though": "although", "and": "clause", ",": "clause",
           ".": "stop", "!": "stop", "?": "stop", ";": "stop", "\n": "stop"})

CHINESE = Words(
    aspects=("这部电影", "这部片子", "故事", "情节", "演员", "音乐", "结尾", "剧本", "画面", "对白", "前半部分"),
    good=("精彩", "感人", "有趣", "巧妙", "出色", "动人", "好看", "新鲜", "优美", "温暖"),
    bad=("无聊", "沉闷", "糟糕", "难看", "俗套", "冗长", "混乱", "生硬", "平淡", "做作"),
    likes=(("喜欢", "喜欢"), ("欣赏", "欣赏")), dislikes=(("讨厌", "讨厌"), ("反感", "反感")),
    plain=("{a}{v}{w}", "我觉得{a}{v}{w}", "{a}在我看来{v}{w}"),
    denied=("{a}并不{w}", "{a}一点也不{w}", "我不觉得{a}{w}", "{a}谈不上{w}"),
    felt=("我很{w}{a}", "大家都{w}{a}"), unfelt=("我不{w}{a}", "没有人{w}{a}"),
    contrasts=("{x}，但是{y}", "虽然{x}，可是{y}", "{x}，不过{y}", "{y}，虽然{x}"),
    neutral=("我是周一晚上看的", "片长大约两个小时", "妹妹和我一起去的", "我们坐在第三排", "放映时有字幕", "故事发生在海边的小镇",
             "是一位朋友告诉我的", "影院里有二十个人", "这是系列的第二部"),
    very=("很", "非常", "真的很", "相当"), end="。", between="",
    roles={"不过": "but", "但是": "but", "可是": "but", "然而": "but", "但": "but", "虽然": "although", "尽管": "although", "不": "not",
           "没有": "not", "没": "not", "谈不上": "not", "毫无": "not", "而且": "clause", "，": "clause", ",": "clause", "、": "clause",
           "。": "stop", "！": "stop", "？": "stop", "；": "stop", ".": "stop", "!": "stop", "?": "stop", "\n": "stop"})

LANGUAGES = {"english": ENGLISH, "chinese": CHINESE}
