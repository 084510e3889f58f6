"""What the columns of a file are, by their names and, where those say nothing, by what is in them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

WORDS = {
    "date": "date|datum|fecha|data|day|datetime|date time|データ日付|日付|tarih|open time|timestamp|trade date|"
            "trading date|tradedate|trading day|period|unix|time stamp|日期|交易日期|交易日|日期时间|дата|unnamed: 0|"
            "observation date",
    "time": "time|时间|交易时间|hour|uhrzeit|время",
    "close": "close|close last|last|closing price|close price|last price|price|closeprice|legalcloseprice|schluss|schlusskurs|"
             "schlußkurs|kurs|cierre|último|ultimo|clôture|cloture|dernier|fermeture|chiusura|fechamento|settle|settlement|nav|"
             "收盘|收盘价|收市|收市价|最新价|价格|股价|单位净值|收盘指数|закрытие|цена|zuletzt|zamkniecie|slot|終値|kapanış|pclose|"
             "closing",
    "adjusted": "adj close|adjclose|adjusted close|adjusted|adj closing price|adjusted closing price|adjusted price|close adj|"
                "close adjusted|复权价|后复权价|前复权价|复权收盘价|调整后收盘价|调整收盘价|累计净值",
    "open": "open|opening price|open price|eröffnung|eröffn|eröffnungskurs|erster|apertura|ouverture|abertura|"
            "开盘|开盘价|开市价|открытие|otwarcie|始値|açılış",
    "high": "high|high price|max|hoch|tageshoch|máximo|maximo|haut|plus haut|massimo|máxima|高|最高|最高价|макс|"
            "najwyzszy|高値|hoog|yüksek",
    "low": "low|low price|min|tief|tagestief|mínimo|minimo|bas|plus bas|minimo|mínima|低|最低|最低价|мин|najnizszy|"
           "安値|laag|düşük",
    "volume": "volume|vol|volumen|umsatz|shares traded|total volume|trade volume|volumes|成交量|交易量|成交数量|总手|"
              "объем|wolumen|出来高|hacim",
    "ticker": "ticker|symbol|stock|code|stock code|secid|instrument|company|ticker symbol|name|isin|ts code|asset|"
              "代码|股票代码|证券代码|名称|股票名称|证券名称|简称|股票|тикер",
}
ROLES = {word: role for role, words in WORDS.items() for word in words.split("|")}
RANKS = {word: i for words in WORDS.values() for i, word in enumerate(words.split("|"))}  # of two closing prices “Close” is it, not “Last”
PRICES = ("close", "adjusted", "open", "high", "low")
# beside a role these say something else: previous close, open interest
OTHERS = frozenset({"prev", "previous", "pre", "chg", "change", "pct", "percent", "percentage", "interest", "day", "week", "month",
                    "year", "avg", "average", "mean", "total", "adj", "adjusted", "%", "ytd", "market", "moving", "return", "returns",
                    "range", "spread", "diff", "difference", "next", "usd", "value", "last", "weighted", "bid", "ask", "unadjusted",
                    "no", "number", "id", "raw", "time", "date", "52"})
TOKENS = re.compile(r"[^\s_./:|,'()\-<>]+")


@lru_cache(4096)
def meaning(header: str) -> tuple[str, str, int]:
    """The role of a column, a key of `WORDS`, "" for none; the ticker that its name has beside it, AAPL of AAPL.Close; and how far behind
    other names for the same it stands."""
    plain = unicodedata.normalize("NFKC", header)
    aside = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", plain).strip()  # 收盘价(元); but ('Close', 'AAPL') is all of it
    spans = [found.span() for found in TOKENS.finditer(aside or plain)]
    plain = aside or plain
    words = [plain[a:b].lower() for a, b in spans]
    if "".join(words[:1]) == "unnamed":
        return "date", "", len(RANKS)
    for whole in (" ".join(words), "".join(words)):
        if whole in ROLES:
            return ROLES[whole], "", RANKS[whole]
    for count in (2, 1):
        if len(words) <= count:
            continue
        for part, rest in ((words[-count:], spans[:-count]), (words[:count], spans[count:])):
            role = ROLES.get(" ".join(part), "")
            ticker = plain[rest[0][0]:rest[-1][1]]
            if role in (*PRICES, "volume") and not OTHERS & {plain[a:b].lower() for a, b in rest}:
                return role, ticker, RANKS[" ".join(part)]
    return "", "", 0


def places(names: list[str]) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Role → place of the column that has it and no ticker; and ticker → role → place for columns that have one, of those tickers that
    have a closing price. With a plain closing price the second is empty: what has a word beside it is then something else."""
    plain: dict[str, int] = {}
    many: dict[str, dict[str, int]] = {}
    for place in sorted(range(len(names)), key=lambda i: meaning(names[i])[2]):
        role, ticker, _rank = meaning(names[place])
        if role:
            (many.setdefault(ticker, {}) if ticker else plain).setdefault(role, place)
    if "close" in plain:
        many = {}
    found = [(min(roles.values()), ticker, roles) for ticker, roles in many.items() if "close" in roles or "adjusted" in roles]
    return plain, {ticker: roles for _place, ticker, roles in sorted(found, key=lambda f: f[0])}
